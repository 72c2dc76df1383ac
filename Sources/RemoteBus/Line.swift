/// What waits, the oldest first. Its functions are inlined where they are used: unspecialised they would cost each event as much as the rest.
package struct Line<Element> {
    @usableFromInline var elements: [Element?] = []
    /// How many at the front have been taken.
    @usableFromInline var taken = 0

    @inlinable package init() {}

    @inlinable package var count: Int { elements.count - taken }
    @inlinable package var isEmpty: Bool { count == 0 }
    @inlinable package var first: Element? { taken < elements.count ? elements[taken] : nil }

    @inlinable package mutating func append(_ element: Element) { elements.append(element) }

    @inlinable package mutating func popFirst() -> Element? {
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
    @inlinable package mutating func popAll() -> [Element] {
        let all = elements[taken...].compactMap { $0 }
        self = Line()
        return all
    }

    /// Puts what was taken back in front.
    @inlinable package mutating func prepend(_ others: [Element]) {
        if others.isEmpty { return }
        elements = others + elements[taken...]
        taken = 0
    }

    /// Changes what waits, without its order.
    @inlinable package mutating func updateEach(_ change: (inout Element) -> Void) {
        for place in taken..<elements.count {
            guard var element = elements[place] else { continue }
            change(&element)
            elements[place] = element
        }
    }
}
