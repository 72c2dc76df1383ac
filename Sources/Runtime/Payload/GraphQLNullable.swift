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
