/// Keeps an optional value outside of the structure that has it.
///
/// Generated structures keep objects so. A type can lead back to itself, and a structure is as wide as its own fields, however deep
/// the types below it go. Copies share the box; setting the value makes a new one.
@propertyWrapper
public struct Boxed<Value: Sendable>: Sendable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var box: Box?

    public init(wrappedValue: Value?) { box = wrappedValue.map(Box.init) }

    public var wrappedValue: Value? {
        get { box?.value }
        set { box = newValue.map(Box.init) }
    }
}

/// The value of an input that may be left out or be null, which are different things (spec section 2.9.5).
public indirect enum GraphQLNullable<Value: Sendable>: Sendable {
    case absent
    case null
    case value(Value)

    /// The value; nil for an absent one and for null.
    public var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }
}

extension GraphQLNullable: Equatable where Value: Equatable {}
extension GraphQLNullable: Hashable where Value: Hashable {}
