import SDLParser

/// Reads introspection results: what `subsgen introspect`, a server or another tool wrote becomes SDL, which all else goes on from.
public enum IntrospectionReader {
    public struct Result: Sendable {
        /// The schema as SDL; nil when the file is no introspection result.
        public let sdl: Source?
        /// What is wrong with the file, in the order of the file.
        public let diagnostics: [Diagnostic]
    }

    static let code = DiagnosticCode(4002)

    /// Reads a file that holds `{"data": {"__schema": ...}}` or `{"__schema": ...}`.
    ///
    /// What the query may leave out counts as absent: descriptions, `specifiedByURL`, `isRepeatable`, `isOneOf`, deprecation, `interfaces`
    /// of interfaces, `directives`. Whether the schema is sound is not judged here; it is when the SDL is built.
    public static func read(_ source: Source) -> Result {
        switch JSONTreeReader.read(source) {
        case .failure(let error):
            let diagnostic = Diagnostic(
                code: JSONTreeReader.code, "JSON syntax error: \(error.message).", in: source, at: error.span)
            return Result(sdl: nil, diagnostics: [diagnostic])
        case .success(let root):
            var sdl = IntrospectionSDL(source: source)
            sdl.write(root)
            guard sdl.report.isEmpty else {
                return Result(sdl: nil, diagnostics: sdl.report.sorted { $0.span.start < $1.span.start })
            }
            return Result(sdl: Source(name: "\(source.name) (as SDL)", text: sdl.text), diagnostics: [])
        }
    }
}

/// A place in an introspection result: a value and the way to it, `data.__schema.types[3].name`.
struct IntrospectionPlace {
    let value: JSONTree
    let path: String

    /// A member that is there and not null.
    subscript(key: String) -> IntrospectionPlace? {
        guard case .object(let members) = value.content, let member = members.first(where: { $0.key == key })?.value else { return nil }
        if case .null = member.content { return nil }
        return IntrospectionPlace(value: member, path: path.isEmpty ? key : "\(path).\(key)")
    }

    var string: String? { if case .string(let text) = value.content { text } else { nil } }
    var boolean: Bool? { if case .boolean(let flag) = value.content { flag } else { nil } }

    /// The elements of an array; nil for anything else.
    var elements: [IntrospectionPlace]? {
        guard case .array(let values) = value.content else { return nil }
        return values.enumerated().map { IntrospectionPlace(value: $1, path: "\(path)[\($0)]") }
    }
}
