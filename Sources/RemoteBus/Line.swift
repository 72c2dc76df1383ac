/// What waits, the oldest first.
///
/// Public, since only then its functions are specialised where other modules use them: what is inlinable in a package alone is not, and unspecialised
/// they would cost each event as much as the rest.
@frozen public struct Line<Element> {
    @usableFromInline var elements: [Element?] = []
    /// How many at the front have been taken.
    @usableFromInline var taken = 0

    @inlinable public init() {}

    @inlinable public var count: Int { elements.count - taken }
    @inlinable public var isEmpty: Bool { count == 0 }
    @inlinable public var first: Element? { taken < elements.count ? elements[taken] : nil }

    @inlinable public mutating func append(_ element: Element) { elements.append(element) }

    @inlinable public mutating func popFirst() -> Element? {
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
    @inlinable public mutating func popAll() -> [Element] {
        let all = elements[taken...].compactMap { $0 }
        self = Line()
        return all
    }

    /// Puts what was taken back in front.
    @inlinable public mutating func prepend(_ others: [Element]) {
        if others.isEmpty { return }
        elements = others + elements[taken...]
        taken = 0
    }

    /// Changes what waits, without its order.
    @inlinable public mutating func updateEach(_ change: (inout Element) -> Void) {
        for place in taken..<elements.count {
            guard var element = elements[place] else { continue }
            change(&element)
            elements[place] = element
        }
    }
}
