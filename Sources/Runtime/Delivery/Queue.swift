/// First in, first out, without moving what waits: one array takes, the other gives.
struct Queue<Element: Sendable>: Sendable {
    private var incoming: [Element] = []
    /// Reversed, so that the oldest is cheap to take.
    private var outgoing: [Element] = []

    var count: Int { incoming.count + outgoing.count }
    var isEmpty: Bool { incoming.isEmpty && outgoing.isEmpty }

    mutating func append(_ element: Element) {
        incoming.append(element)
    }

    mutating func popFirst() -> Element? {
        if outgoing.isEmpty {
            swap(&incoming, &outgoing)
            outgoing.reverse()
            // What a burst took is given back.
            if incoming.capacity > 256 { incoming = [] }
        }
        return outgoing.popLast()
    }

    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        incoming.removeAll(where: isUnwanted)
        outgoing.removeAll(where: isUnwanted)
    }
}
