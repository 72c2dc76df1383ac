import GraphQLSchema
import SDLParser

/// The documents that clients may send by digest, and in locked mode the only ones: what `subsgen persist` wrote.
public struct PersistedOperations: Sendable {
    /// The documents, by their digests.
    private let texts: [String: String]
    /// Whether nothing else is served.
    private let isLocked: Bool

    /// Reads a JSON object of documents by their SHA-256. Throws what is wrong with it.
    public init(json: [UInt8], isLocked: Bool = false) throws(PersistedOperationsError) {
        let object: JSONValue
        do { object = try JSONDocument.parse(json).root } catch { throw PersistedOperationsError("Persisted operations are not valid JSON: \(error)") }
        try self.init(documents: object, isLocked: isLocked)
    }

    /// Takes such an object.
    public init(documents object: JSONValue?, isLocked: Bool = false) throws(PersistedOperationsError) {
        guard let object, object.kind == .object else {
            throw PersistedOperationsError("Persisted operations are a JSON object of documents by digest, and this is none.")
        }
        var texts: [String: String] = [:]
        for entry in object.members {
            guard let text = entry.value.string else { throw PersistedOperationsError("The persisted operation \"\(entry.key)\" is no string.") }
            let document = PersistedDocument(text)
            // Somebody has changed the one or the other: clients would run what they did not mean.
            guard document.digest == entry.key else {
                throw PersistedOperationsError(
                    "The digest \"\(entry.key)\" is not that of its document, which is \(document.digest): write the file with \"subsgen persist\".")
            }
            texts[document.digest] = document.text
        }
        self.texts = texts
        self.isLocked = isLocked
    }

    /// The document that a client means. `query` is empty where it sent the digest alone; `digest` is nil where it sent none.
    ///
    /// The errors are those of Apollo's automatic persisted queries, whose clients know what to do: where a digest is not known they send
    /// the text, except in locked mode, which would refuse that too.
    static func document(_ query: String, digest: String?, in operations: PersistedOperations?) throws(GraphQLErrors) -> String {
        guard query.isEmpty, let digest else {
            if let digest, SHA256.hexDigest(of: query.utf8) != digest.lowercased() { throw .refusal(.mismatch) }
            if let operations, operations.isLocked, operations.texts[PersistedDocument(query).digest] == nil { throw .refusal(.notListed) }
            return query
        }
        guard let operations else { throw .refusal(.notSupported) }
        guard let text = operations.texts[digest.lowercased()] else { throw .refusal(operations.isLocked ? .notListed : .notFound) }
        return text
    }
}

/// What is wrong with a list of persisted operations.
public struct PersistedOperationsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for the developer.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension GraphQLErrors {
    fileprivate enum Refusal: String {
        case notSupported = "PERSISTED_QUERY_NOT_SUPPORTED"
        case notFound = "PERSISTED_QUERY_NOT_FOUND"
        case notListed = "PERSISTED_QUERY_NOT_IN_LIST"
        case mismatch = "PERSISTED_QUERY_HASH_MISMATCH"

        var message: String {
            switch self {
            // Word for word what clients compare messages with.
            case .notSupported: "PersistedQueryNotSupported"
            case .notFound: "PersistedQueryNotFound"
            case .notListed: "This server runs persisted operations only, and this is none of them."
            case .mismatch: "The sha256Hash of the persisted query is not that of the document."
            }
        }
    }

    fileprivate static func refusal(_ refusal: Refusal) -> GraphQLErrors {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        writer.string(refusal.rawValue)
        writer.endObject()
        return GraphQLErrors(GraphQLError(refusal.message, extensions: writer.bytes))
    }
}
