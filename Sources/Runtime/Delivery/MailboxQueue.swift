/// The messages of a mailbox in order, and where those with a key stand. Everything takes constant time.
struct MailboxQueue: Sendable {
    private var bodies: [SharedBody?] = []
    /// How many of `bodies` have been taken out.
    private var taken = 0
    /// How many have been taken out in all, before those in `bodies`.
    private var base = 0
    /// The number of the message that waits for a key; nil is a key too.
    private var numbers: [MatchKey?: Int] = [:]

    var count: Int { bodies.count - taken }

    var first: SharedBody? { taken < bodies.count ? bodies[taken] : nil }

    mutating func append(_ body: SharedBody, isKeyed: Bool) {
        if isKeyed { numbers[body.key] = base + bodies.count }
        bodies.append(body)
    }

    /// The message that waits with a key, of those that were put in with theirs.
    func waiting(with key: MatchKey?) -> SharedBody? {
        numbers[key].flatMap { bodies[$0 - base] }
    }

    /// Puts a message in the place of the one that has its key.
    mutating func replace(with body: SharedBody) {
        if let number = numbers[body.key] { bodies[number - base] = body }
    }

    mutating func popFirst() -> SharedBody? {
        guard let body = first else { return nil }
        if !numbers.isEmpty { numbers[body.key] = nil }
        bodies[taken] = nil
        taken += 1
        if taken == bodies.count || taken > 32 && taken > bodies.count / 2 {
            base += taken
            bodies.removeFirst(taken)
            taken = 0
        }
        return body
    }
}
