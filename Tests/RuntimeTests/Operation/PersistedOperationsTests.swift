import SDLParser
import Testing

@testable import SubsgenRuntime

@Suite("Persisted operations")
struct PersistedOperationsTests {
    private static let tick = "subscription { tick { n } }"
    private static let introspection = "{ __typename }"
    private static let mutation = "mutation { send }"
    private static let other = "subscription { other: tick { n } }"

    private static func list(_ documents: String..., isLocked: Bool = false) throws -> PersistedOperations {
        var writer = JSONWriter()
        writer.beginObject()
        for document in documents {
            writer.key(PersistedDocument(document).digest)
            writer.string(document)
        }
        writer.endObject()
        return try PersistedOperations(json: writer.bytes, isLocked: isLocked)
    }

    private static func client(_ operations: PersistedOperations?, _ calls: Calls? = nil) throws -> SessionClient {
        var limits = RuntimeLimits()
        limits.persistedOperations = operations
        let executor = try Chat.executor(limits: limits)
        if let calls { executor.setExecution(host: calls) }
        return SessionClient.acknowledged(executor)
    }

    private static func locked() throws -> PersistedOperations { try list(tick, introspection, mutation, isLocked: true) }

    /// What a client is answered who sends a document, its digest, or both.
    private static func answer(_ client: SessionClient, _ query: String?, digest: String? = nil) -> [String] {
        var writer = JSONWriter()
        writer.beginObject()
        if let query {
            writer.key("query")
            writer.string(query)
        }
        if let digest { writeExtensions(digest, &writer) }
        writer.endObject()
        client.say(#"{"id":"s","type":"subscribe","payload":\#(String(decoding: writer.bytes, as: UTF8.self))}"#)
        return client.heard()
    }

    private static func writeExtensions(_ digest: String, _ writer: inout JSONWriter) {
        writer.key("extensions")
        writer.raw(#"{"persistedQuery":{"version":1,"sha256Hash":"\#(digest)"}}"#.utf8)
    }

    private static func digest(_ text: String) -> String { SHA256.hexDigest(of: text.utf8) }

    private static func refusal(_ message: String, _ code: String) -> [String] {
        [#"{"id":"s","type":"error","payload":[{"message":"\#(message)","extensions":{"code":"\#(code)"}}]}"#]
    }

    private static let notListed = refusal("This server runs persisted operations only, and this is none of them.", "PERSISTED_QUERY_NOT_IN_LIST")
    private static let started = ["started s tick{}"]

    // MARK: By digest

    @Test("A digest stands for its document, in capitals too", arguments: [nil, "", "null"] as [String?])
    func byDigest(query: String?) throws {
        for digest in [Self.digest(Self.tick), Self.digest(Self.tick).uppercased()] {
            let client = try Self.client(try Self.list(Self.tick))
            if query == "null" {
                client.say(#"{"id":"s","type":"subscribe","payload":{"query":null,"extensions":{"persistedQuery":{"sha256Hash":"\#(digest)"}}}}"#)
                #expect(client.heard() == Self.started)
            } else {
                #expect(Self.answer(client, query, digest: digest) == Self.started)
            }
        }
    }

    @Test("One that is not known is refused as clients of automatic persisted queries expect it")
    func unknown() throws {
        let digest = Self.digest(Self.other)
        #expect(
            Self.answer(try Self.client(try Self.list(Self.tick)), nil, digest: digest)
                == Self.refusal("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"))
        #expect(Self.answer(try Self.client(nil), nil, digest: digest) == Self.refusal("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED"))
        #expect(Self.answer(try Self.client(try Self.locked()), nil, digest: digest) == Self.notListed)
    }

    @Test("A document beside a digest must be the one that it is of", arguments: [true, false])
    func mismatch(isListed: Bool) throws {
        let operations = isListed ? try Self.list(Self.tick) : nil
        #expect(Self.answer(try Self.client(operations), Self.tick, digest: Self.digest(Self.tick)) == Self.started)
        #expect(
            Self.answer(try Self.client(operations), Self.other, digest: Self.digest(Self.tick))
                == Self.refusal("The sha256Hash of the persisted query is not that of the document.", "PERSISTED_QUERY_HASH_MISMATCH"))
    }

    @Test("A list forbids nothing where it is not locked")
    func unlocked() throws {
        #expect(Self.answer(try Self.client(try Self.list(Self.mutation)), Self.tick) == Self.started)
    }

    @Test("Whoever executes a query or mutation gets the document")
    func executed() throws {
        let calls = Calls()
        let client = try Self.client(try Self.locked(), calls)
        client.say(
            #"{"id":"s","type":"subscribe","payload":{"extensions":{"persistedQuery":{"sha256Hash":"\#(Self.digest(Self.mutation))"}},"variables":{"a":1},"query":null}}"#)
        let call = try #require(calls.take().first)
        #expect(
            String(decoding: call.event, as: UTF8.self)
                == #"{"query":"mutation { send }","extensions":{"persistedQuery":{"sha256Hash":"\#(Self.digest(Self.mutation))"}},"variables":{"a":1}}"#)
    }

    // MARK: Locked

    @Test("Where it is locked, a text must be on the list; white space around it does not count")
    func text() throws {
        #expect(Self.answer(try Self.client(try Self.locked()), Self.tick) == Self.started)
        #expect(Self.answer(try Self.client(try Self.locked()), "\n \(Self.tick)\r\n") == Self.started)
        #expect(Self.answer(try Self.client(try Self.list("\(Self.tick)\n", isLocked: true)), Self.tick) == Self.started)
        for text in [Self.other, "subscription {  tick { n } }", "", "nonsense", Self.tick + " # "] {
            #expect(Self.answer(try Self.client(try Self.locked()), text) == Self.notListed, "\(text)")
        }
    }

    @Test("Where it is locked, nothing passes that is not listed: introspection, mutations and what is pulled neither")
    func everything() throws {
        let calls = Calls()
        #expect(Self.answer(try Self.client(try Self.locked(), calls), Self.introspection).count == 2)
        #expect(Self.answer(try Self.client(try Self.locked(), calls), "{ __schema { description } }") == Self.notListed)
        #expect(Self.answer(try Self.client(try Self.locked(), calls), "mutation { other }") == Self.notListed)
        #expect(Self.answer(try Self.client(try Self.locked(), calls), "mutation { other }", digest: Self.digest("mutation { other }")) == Self.notListed)
        #expect(calls.take().isEmpty)

        var limits = RuntimeLimits()
        limits.persistedOperations = try Self.locked()
        let executor = try Chat.executor(limits: limits)
        #expect(throws: GraphQLErrors.self) { try executor.subscribe(Self.other) }
        _ = try executor.subscribe(Self.tick)
    }

    @Test("A document that is listed keeps to the limits")
    func limits() throws {
        var limits = RuntimeLimits(operation: OperationLimits(bytes: 10))
        limits.persistedOperations = try Self.locked()
        let client = SessionClient.acknowledged(try Chat.executor(limits: limits))
        #expect(Self.answer(client, nil, digest: Self.digest(Self.tick)).first?.contains("more than the limit of 10") == true)
        #expect(Self.answer(client, Self.tick).first?.contains("more than the limit of 10") == true)
    }

    // MARK: Lists

    @Test(
        "A list that is none is refused, and one whose document was changed",
        arguments: [
            ("[]", "Persisted operations are a JSON object of documents by digest, and this is none."),
            ("{", "Persisted operations are not valid JSON: "),
            (#"{"a":1}"#, "The persisted operation \"a\" is no string."),
            (
                #"{"ab":"{ a }"}"#,
                "The digest \"ab\" is not that of its document, which is \(SHA256.hexDigest(of: "{ a }".utf8)): write the file with \"subsgen persist\"."
            ),
        ])
    func malformed(text: String, message: String) throws {
        let error = try #require(throws: PersistedOperationsError.self) { try PersistedOperations(json: Array(text.utf8)) }
        #expect(error.description.hasPrefix(message), "\(error.description)")
    }
}
