/// What waits, the oldest first.
struct Line<Element> {
    private var elements: [Element?] = []
    /// How many at the front have been taken.
    private var taken = 0

    var count: Int { elements.count - taken }
    var isEmpty: Bool { count == 0 }
    var first: Element? { taken < elements.count ? elements[taken] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard taken < elements.count else { return nil }
        let element = elements[taken]
        elements[taken] = nil
        taken += 1
        // So seldom that it costs each element nothing to speak of.
        if taken >= 64, taken * 2 >= elements.count {
            elements.removeFirst(taken)
            taken = 0
        }
        return element
    }

    /// Takes everything.
    mutating func popAll() -> [Element] {
        let all = elements[taken...].compactMap { $0 }
        self = Line()
        return all
    }

    /// Puts what was taken back in front.
    mutating func prepend(_ others: [Element]) {
        if others.isEmpty { return }
        elements = others + elements[taken...]
        taken = 0
    }

    /// Changes what waits, without its order.
    mutating func updateEach(_ change: (inout Element) -> Void) {
        for place in taken..<elements.count {
            guard var element = elements[place] else { continue }
            change(&element)
            elements[place] = element
        }
    }
}
