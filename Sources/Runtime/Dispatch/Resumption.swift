/// What a client asks for that wants to miss nothing, in the `extensions` of its request: `{"resume": true}` to be told the place of each
/// event in the bus, `{"after": "CURSOR"}` to be given first what came after one, too.
struct Resumption: Sendable {
    /// Nil where it wants what happens from now on.
    let after: Cursor?

    /// Reads `extensions`, and `Last-Event-ID` where there is one, which is newer; nil where the client asks for neither. Throws what is wrong with them.
    init?(_ extensions: JSONValue?, lastEventID: String? = nil) throws(GraphQLErrors) {
        if let lastEventID {
            after = try Self.cursor(lastEventID)
            return
        }
        let (after, resume) = (extensions?["after"], extensions?["resume"])
        if let after, !after.isNull {
            guard let text = after.string else { throw Self.malformed("extensions.after is a string: the cursor of the last event that came.") }
            self.after = try Self.cursor(text)
            return
        }
        guard let resume, !resume.isNull else { return nil }
        guard let flag = resume.boolean else { throw Self.malformed("extensions.resume is true or false.") }
        guard flag else { return nil }
        self.after = nil
    }

    init?(extensions: [UInt8]?) throws(GraphQLErrors) {
        guard let extensions else { return nil }
        do { try self.init(try JSONDocument.parse(extensions).root) } catch let errors as GraphQLErrors { throw errors } catch {
            throw GraphQLErrors(GraphQLError("Extensions are not valid JSON: \(error)"))
        }
    }

    private static func cursor(_ text: String) throws(GraphQLErrors) -> Cursor {
        guard let cursor = Cursor(text) else { throw malformed("extensions.after is no cursor of this server: it is sent back as it came.") }
        return cursor
    }

    private static func malformed(_ message: String) -> GraphQLErrors {
        GraphQLErrors(GraphQLError(message, extensions: ResumeCode.malformed.extensions()))
    }
}

/// What `extensions.code` of an error says to a client that wants to go on after a cursor.
enum ResumeCode: String {
    /// What it asks for is no cursor.
    case malformed = "BAD_CURSOR"
    /// Some of what came after it is gone.
    case tooOld = "CURSOR_TOO_OLD"
    /// There is no history of these events.
    case notKept = "NO_HISTORY"
    /// It may try again.
    case unavailable = "HISTORY_UNAVAILABLE"

    /// The error's `extensions`.
    func extensions(oldest: Cursor? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        writer.string(rawValue)
        if let oldest {
            writer.key("oldest")
            writer.string(oldest.description)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension BusHistoryError {
    /// What the client is told. Why a bus does not answer is not for clients.
    var told: GraphQLError {
        switch self {
        case .tooOld(let oldest):
            GraphQLError(
                "Events after this cursor are gone: subscribe without \"after\", and read what you missed elsewhere.",
                extensions: ResumeCode.tooOld.extensions(oldest: oldest))
        case .notKept:
            GraphQLError("No history of these events is kept: subscribe without \"after\".", extensions: ResumeCode.notKept.extensions())
        case .unavailable:
            GraphQLError("The history of these events cannot be read now: try again.", extensions: ResumeCode.unavailable.extensions())
        }
    }
}
