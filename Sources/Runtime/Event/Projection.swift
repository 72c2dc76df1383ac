import SDLParser

/// Shapes events into responses: the selected fields of one operation, in its order and under its aliases.
public final class Projection: Sendable {
    private let responseKey: String
    private let location: SourceLocation

    /// The projection of a root field without a selection set, which gives events as they are.
    init(leaf responseKey: String, at location: SourceLocation) {
        self.responseKey = responseKey
        self.location = location
    }

    /// The response body for one event: `{"data":…}`, and `"errors"` behind it where the event does not fit the schema.
    public func body(of event: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.beginObject()
        writer.key(responseKey)
        writer.value(event)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The response body when the resolver failed: null for the root field, and one error with its path and location.
    public func body(failure message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.null()
        writer.key("errors")
        GraphQLErrors(GraphQLError(message, locations: [location], path: [.key(responseKey)])).write(into: &writer)
        writer.endObject()
        return writer.bytes
    }
}
