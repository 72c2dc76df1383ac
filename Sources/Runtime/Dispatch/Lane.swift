/// Events that wait for answers and leave in the order in which they came, however long each answer takes.
struct Lane<Answer> {
    /// The number of the next event.
    private(set) var next: UInt64 = 0
    /// The oldest event that has not left.
    private var head: UInt64 = 0
    /// Answers that wait for an older one.
    private var answers: [UInt64: Answer] = [:]
    /// How many of the events its topic has counted, in `LaneDepths`; nil where nobody listens any more.
    var noted: Int? = 0

    /// How many events wait.
    var count: Int { Int(truncatingIfNeeded: next - head) }

    /// A place at the end for an event whose answer will come.
    mutating func reserve() -> UInt64 {
        defer { next += 1 }
        return next
    }

    /// Notes an answer; one that is not waited for is dropped.
    mutating func answer(_ number: UInt64, _ answer: Answer) {
        if number >= head, number < next, answers[number] == nil { answers[number] = answer }
    }

    /// The oldest event, if it has its answer.
    mutating func popAnswered() -> (number: UInt64, answer: Answer)? {
        guard let answer = answers.removeValue(forKey: head) else { return nil }
        defer { head += 1 }
        return (head, answer)
    }
}
