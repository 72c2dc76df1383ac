/// Keeps an optional value outside of the structure that has it.
///
/// Generated structures keep objects so. A type can lead back to itself, and a structure is as wide as its own fields, however deep
/// the types below it go. Copies share the box, which never changes.
public struct Boxed<Value: Sendable>: Sendable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private let box: Box?

    public init(_ value: Value?) { box = value.map(Box.init) }

    public var value: Value? { box?.value }
}
