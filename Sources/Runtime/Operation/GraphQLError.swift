import SDLParser

/// An error as clients see it (spec section 7.1.6).
public struct GraphQLError: Error, Sendable, Hashable {
    /// A step on the way from the response's root to a value.
    public enum PathElement: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    public let message: String
    /// Places in the operation; left out of the JSON when there are none.
    public let locations: [SourceLocation]
    /// Where in the response the value is missing; left out of the JSON when empty.
    public let path: [PathElement]
    /// A JSON object for the member `extensions`.
    public let extensions: [UInt8]?

    public init(_ message: String, locations: [SourceLocation] = [], path: [PathElement] = [], extensions: [UInt8]? = nil) {
        self.message = message
        self.locations = locations
        self.path = path
        self.extensions = extensions
    }

    /// Writes the error as a JSON object.
    public func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("message")
        writer.string(message)
        if !locations.isEmpty {
            writer.key("locations")
            writer.beginArray()
            for location in locations {
                writer.beginObject()
                writer.key("line")
                writer.integer(location.line)
                writer.key("column")
                writer.integer(location.column)
                writer.endObject()
            }
            writer.endArray()
        }
        if !path.isEmpty {
            writer.key("path")
            writer.beginArray()
            for element in path {
                switch element {
                case .key(let key): writer.string(key)
                case .index(let index): writer.integer(index)
                }
            }
            writer.endArray()
        }
        if let extensions {
            writer.key("extensions")
            writer.raw(extensions)
        }
        writer.endObject()
    }
}

/// Why an operation does not run: one error or more.
public struct GraphQLErrors: Error, Sendable, Hashable {
    /// Never empty.
    public let errors: [GraphQLError]

    public init(_ first: GraphQLError, _ rest: [GraphQLError] = []) {
        errors = [first] + rest
    }

    /// Nil for an empty array, which is no failure.
    public init?(_ errors: [GraphQLError]) {
        guard !errors.isEmpty else { return nil }
        self.errors = errors
    }

    /// Writes the errors as a JSON array: the payload of a graphql-transport-ws `error` message.
    public func write(into writer: inout JSONWriter) {
        writer.beginArray()
        for error in errors { error.write(into: &writer) }
        writer.endArray()
    }
}
