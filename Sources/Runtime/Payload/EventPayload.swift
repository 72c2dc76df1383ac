/// A value of an event or of a subscription's arguments as a Swift type: what JSON it is read from and written as.
///
/// Generated types conform to it, and so do the types that GraphQL's built-in ones become in Swift: `String`, `ID`, `Int32`,
/// `Double`, `Bool`, arrays and optionals. A custom scalar is a `JSONValue`. There is no `Codable`, which compiles too slowly where
/// there are hundreds of types.
public protocol EventPayload: Sendable {
    /// Reads the value; throws where the JSON is not of the GraphQL type.
    init(decoding value: JSONValue) throws(PayloadError)
    /// Writes the value as JSON.
    func write(into writer: inout JSONWriter)
}

extension EventPayload {
    /// Reads a value from a JSON text.
    public init(json: [UInt8]) throws(PayloadError) {
        let document: JSONDocument
        do {
            document = try JSONDocument.parse(json)
        } catch {
            throw PayloadError("\(error)")
        }
        try self.init(decoding: document.root)
    }

    /// The value as a JSON text.
    public var json: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }
}

/// A payload that is a JSON object: a generated structure.
public protocol ObjectPayload: EventPayload {
    /// Reads the members of an object.
    init(decoding fields: inout PayloadFields) throws(PayloadError)
    /// Writes the members of an object that somebody else opens and closes.
    func writeFields(into writer: inout JSONWriter)
}

extension ObjectPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        var fields = try PayloadFields(of: value)
        try self.init(decoding: &fields)
    }

    public func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writeFields(into: &writer)
        writer.endObject()
    }
}
