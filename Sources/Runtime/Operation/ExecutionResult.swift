/// What an execution gave, as the specification tells results apart (section 7.1).
enum ExecutionResult: Sendable, Hashable {
    /// A whole response, `{"data":…}`, with the errors of the execution in it.
    case response([UInt8])
    /// The operation was not executed at all: a JSON array of errors.
    case requestErrors([UInt8])

    /// Reads the response of another GraphQL server or library. Throws why it is none, one sentence about "it".
    ///
    /// Libraries give `"data": null` with errors of syntax and validation too. An error of the execution that leaves no data has a path,
    /// and so tells the two apart.
    init(_ response: JSONValue) throws(Malformed) {
        guard response.kind == .object else { throw Malformed("is no JSON object") }
        var (data, errors, extensions): (JSONValue?, JSONValue?, JSONValue?)
        for member in response.members {
            switch member.key {
            case "data": data = member.value
            case "errors" where !member.value.isNull: errors = member.value
            case "extensions" where !member.value.isNull: extensions = member.value
            case "errors", "extensions": continue
            case let key: throw Malformed("has the member \"\(key)\", and may have data, errors and extensions")
            }
        }
        var (failed, hasPath) = (false, false)
        if let errors {
            guard errors.kind == .array else { throw Malformed("has errors that are no list") }
            for error in errors.elements {
                failed = true
                guard error["message"]?.string != nil else { throw Malformed("has an error without a message") }
                if let path = error["path"], !path.isNull { hasPath = true }
            }
        }
        guard let data, !data.isNull || hasPath else {
            guard failed, let errors else { throw Malformed("has neither data nor errors") }
            self = .requestErrors(Array(errors.rawBytes))
            return
        }
        guard data.isNull || data.kind == .object else { throw Malformed("has data that are no object") }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        writer.value(data)
        if failed, let errors {
            writer.key("errors")
            writer.value(errors)
        }
        if let extensions {
            writer.key("extensions")
            writer.value(extensions)
        }
        writer.endObject()
        self = .response(writer.bytes)
    }

    init(_ errors: GraphQLErrors) {
        var writer = JSONWriter()
        errors.write(into: &writer)
        self = .requestErrors(writer.bytes)
    }

    /// Why something is no response.
    struct Malformed: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }
}
