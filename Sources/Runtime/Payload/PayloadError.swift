/// Why a JSON value is not of the GraphQL type that was expected, and where.
public struct PayloadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The way from the outermost value to the wrong one; empty where that is the outermost itself.
    public private(set) var path: [GraphQLError.PathElement]
    /// What is wrong, without the place.
    public let message: String

    /// A mistake at the value that is being read.
    public init(_ message: String) {
        path = []
        self.message = message
    }

    /// The object has a field that its type does not have.
    public static func unknownField(_ name: String) -> PayloadError { PayloadError("The field \"\(name)\" is not known.") }

    static func expected(_ what: String, found value: JSONValue) -> PayloadError {
        let found =
            switch value.kind {
            case .null: "null"
            case .boolean: "a boolean"
            case .number: "the number \(value.numberText ?? "")"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        return PayloadError("Expected \(what), found \(found).")
    }

    /// The same mistake, seen from the object or array around it.
    func inside(_ element: GraphQLError.PathElement) -> PayloadError {
        var error = self
        error.path.insert(element, at: 0)
        return error
    }

    /// The place and the mistake: `messages[3].author: Expected an object, found null.`
    public var description: String {
        var place = ""
        for element in path {
            switch element {
            case .key(let key): place += place.isEmpty ? key : ".\(key)"
            case .index(let index): place += "[\(index)]"
            }
        }
        return place.isEmpty ? message : "\(place): \(message)"
    }
}
