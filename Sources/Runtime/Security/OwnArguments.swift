import GraphQLSchema

/// `@ownArgument`: what a subscriber gives equals its claim, and what it does not give becomes the claim's value.
struct OwnArguments: Sendable {
    /// That the value is another's, or that there is no claim.
    struct Denied: Error {}

    private let schema: Schema
    /// The claims of the fields of input types.
    private var claims: [TypeID: [String: String]] = [:]
    /// The input types that have such a field, or have a field of such a type.
    private var holders: Set<TypeID> = []

    init(_ fields: [OwnInputField], of schema: Schema) {
        self.schema = schema
        for field in fields {
            guard let type = schema.typeID(named: field.type) else { continue }
            claims[type, default: [:]][field.name] = field.claim
            holders.insert(type)
        }
        var count = -1
        while count != holders.count {
            count = holders.count
            for type in schema.types where type.inputFields.contains(where: { holders.contains($0.type.named) }) {
                if let id = schema.typeID(named: type.name) { holders.insert(id) }
            }
        }
    }

    /// The arguments of a field as they are for a subscriber. Throws where they are not its own.
    func apply(
        to arguments: [ArgumentCoercion.Argument], _ definitions: [InputValueDefinition], _ field: SubscriptionField, _ subscriber: Subscriber
    ) throws(Denied) -> [ArgumentCoercion.Argument] {
        // Of nearly all fields; every subscription comes here.
        if holders.isEmpty, field.arguments.allSatisfy({ $0.ownClaim == nil }) { return arguments }
        let owner = Owner(rules: self, claims: subscriber.claims)
        var own: [ArgumentCoercion.Argument] = []
        for definition in definitions {
            let argument = arguments.first { $0.definition.name == definition.name }
            let value: ConstantValue?
            if let claim = field.arguments.first(where: { $0.name == definition.name })?.ownClaim {
                value = try owner.own(argument?.isGiven == true ? argument?.value : nil, definition.type, claim)
            } else {
                value = try owner.filled(argument?.value, definition.type)
            }
            guard let value else { continue }
            own.append(.init(definition: definition, value: value, isGiven: argument?.isGiven == true || value != argument?.value))
        }
        return own
    }

    /// The rules with the claims of a subscriber.
    private struct Owner {
        let rules: OwnArguments
        let claims: Claims?

        /// What equals a claim: a value that does, or every element of a list, which has one; what is absent becomes the claim's value.
        func own(_ value: ConstantValue?, _ type: TypeReference, _ claim: String) throws(Denied) -> ConstantValue {
            guard let claims, let claimed = claims[claim] else { throw Denied() }
            guard let value, value != .null else {
                guard let value = Self.constant(claimed, type, rules.schema) else { throw Denied() }
                return value
            }
            guard Self.isAny(value, of: claims.keys(of: claim)) else { throw Denied() }
            return value
        }

        private static func isAny(_ value: ConstantValue, of keys: [MatchKey]) -> Bool {
            if case .list(let items) = value { return !items.isEmpty && items.allSatisfy { isAny($0, of: keys) } }
            return value.leafText.map { keys.hasSorted(MatchKey($0)) } ?? false
        }

        /// A claim as a value of a type; nil where it is none. One of several is none: nobody says which.
        private static func constant(_ claim: JSONValue, _ type: TypeReference, _ schema: Schema) -> ConstantValue? {
            let items = claim.kind == .array ? Array(claim.elements) : [claim]
            if let element = type.element {
                var values: [ConstantValue] = []
                for item in items {
                    guard let value = constant(item, element, schema) else { return nil }
                    values.append(value)
                }
                return values.isEmpty ? nil : .list(values)
            }
            guard items.count == 1, let item = items.first else { return nil }
            let candidates: [ConstantValue]
            switch item.kind {
            case .string: candidates = item.string.map { [.string($0), .enumeration($0)] } ?? []
            case .number: candidates = item.numberText.map { [.int($0), .float($0), .string($0)] } ?? []
            case .boolean: candidates = item.boolean.map { [.boolean($0)] } ?? []
            case .null, .array, .object: candidates = []
            }
            return candidates.lazy.compactMap { LiteralCoercion.coerce($0, to: type, schema: schema) }.first
        }

        /// A value with the fields in it made the subscriber's own. Where none is given that could hold them, one is made: a filter that
        /// is left out must not select more than one that is there.
        func filled(_ value: ConstantValue?, _ type: TypeReference, in outer: Set<TypeID> = []) throws(Denied) -> ConstantValue? {
            guard rules.holders.contains(type.named) else { return value }
            switch value {
            case .object(let fields)?: return .object(try object(fields, type.named, outer))
            case .list(let items)? where !items.isEmpty:
                guard let element = type.element else { throw Denied() }
                var own: [ConstantValue] = []
                for item in items { own.append(try filled(item, element, in: outer) ?? .null) }
                return .list(own)
            default:
                // A type holds itself by its `and` and `or`, without end: what is around restricts already.
                if outer.contains(type.named) { return value }
                let made = ConstantValue.object(try object([], type.named, outer))
                guard let made = LiteralCoercion.coerce(made, to: type, schema: rules.schema) else { throw Denied() }
                return made
            }
        }

        private func object(_ given: [ConstantValue.Field], _ type: TypeID, _ outer: Set<TypeID>) throws(Denied) -> [ConstantValue.Field] {
            var own: [ConstantValue.Field] = []
            let definition = rules.schema[type]
            for field in definition.inputFields {
                var value = given.first { $0.name == field.name }?.value
                if let claim = rules.claims[type]?[field.name] {
                    let isDefault = value == rules.schema.defaultValue(of: field.name, in: definition.name)
                    value = try self.own(isDefault ? nil : value, field.type, claim)
                } else {
                    value = try filled(value, field.type, in: outer.union([type]))
                }
                if let value { own.append(.init(name: field.name, value: value)) }
            }
            if definition.isOneOf, own.count != 1 { throw Denied() }
            return own
        }
    }
}
