import SDLParser

/// Text that stands in a document of another language, and where.
public struct Quotation: Sendable {
    public let text: String
    public let source: Source
    /// The text itself or, where it is written with escapes, what is nearest to it.
    public let span: SourceSpan

    public init(_ text: String, in source: Source, at span: SourceSpan) {
        self.text = text
        self.source = source
        self.span = span
    }
}

/// Directives for a definition of a schema that somebody else owns, given beside its documents (design section 4).
///
/// They hold as if they stood in the document, and what is wrong with them is told of the place where they do stand.
public struct AddedDirectives: Sendable {
    static let notOnlyDirectives = DiagnosticCode(2040)
    /// The code of a coordinate that names nothing in the schema.
    public static let unknownCoordinate = DiagnosticCode(2041)

    public struct Result: Sendable {
        /// Nil where there is an error among the diagnostics.
        public let directives: AddedDirectives?
        /// Told of where the text stands.
        public let diagnostics: [Diagnostic]
    }

    let coordinate: Quotation
    let directives: [AppliedDirective]
    /// What was parsed, and what it was made of.
    private let document: Source
    private let text: Quotation

    /// `Type`, `Type.field` or `Type.field.argument`, in parts. Input fields and enum values are fields here.
    var path: [String] { coordinate.text.split(separator: ".", omittingEmptySubsequences: false).map(String.init) }

    /// Parses one or more directives for the definition at a coordinate.
    public static func parse(_ text: Quotation, for coordinate: Quotation) -> Result {
        let document = document(text)
        let parsed = Parser.parse(document)
        if parsed.hasErrors {
            return Result(directives: nil, diagnostics: parsed.diagnostics.map { $0.moved(from: document, to: text) })
        }
        let definitions = parsed.tree.document.definitions
        guard definitions.count == 1, case .type(let scalar)? = definitions.first, !scalar.directives.isEmpty else {
            let diagnostic = Diagnostic(
                code: notOnlyDirectives, "One or more directives must stand here, and nothing else.", in: text.source, at: text.span,
                hint: "Write directives as in a schema, such as `@filter(field: \"order.id\")`.")
            return Result(directives: nil, diagnostics: [diagnostic])
        }
        let added = AddedDirectives(
            coordinate: coordinate, directives: scalar.directives.map { AppliedDirective($0.node) }, document: document, text: text)
        return Result(directives: added, diagnostics: [])
    }

    /// The directives on a scalar, as the parser wants them: the other document with all else blanked out, so that offsets stay.
    private static func document(_ text: Quotation) -> Source {
        let scalar = Array("scalar A ".utf8)
        var bytes = text.source.bytes
        let range = Int(text.span.start)..<Int(text.span.end)
        guard text.isExact, scalar.count <= range.lowerBound else {
            return Source(name: text.source.name, bytes: scalar + Array(text.text.utf8))
        }
        for index in bytes.indices where !range.contains(index) { bytes[index] = 0x20 }
        bytes.replaceSubrange(..<scalar.count, with: scalar)
        return Source(name: text.source.name, bytes: bytes)
    }

    /// A diagnostic told of the place where the directives were given, if it speaks of them.
    public func moved(_ diagnostic: Diagnostic) -> Diagnostic { diagnostic.moved(from: document, to: text) }
}

extension Quotation {
    /// Whether the text stands in the document as it is, without escapes.
    fileprivate var isExact: Bool {
        Int(span.end) <= source.bytes.count && source.bytes[Int(span.start)..<Int(span.end)].elementsEqual(text.utf8)
    }
}

extension Diagnostic {
    /// The diagnostic with the places in `document` turned into those of the quotation that it was made of.
    fileprivate func moved(from document: Source, to text: Quotation) -> Diagnostic {
        func moved(_ source: Source, _ span: SourceSpan) -> (source: Source, span: SourceSpan) {
            guard source === document else { return (source, span) }
            guard document.bytes.count == text.source.bytes.count, text.isExact else { return (text.source, text.span) }
            func clamped(_ offset: UInt32) -> UInt32 { min(max(offset, text.span.start), text.span.end) }
            return (text.source, SourceSpan(start: clamped(span.start), end: clamped(span.end)))
        }
        let place = moved(source, span)
        let notes = notes.map { note in
            let place = moved(note.source, note.span)
            return Note(note.message, in: place.source, at: place.span)
        }
        return Diagnostic(severity, code: code, message, in: place.source, at: place.span, notes: notes, hint: hint)
    }
}

/// "Directives may only be added to what the schema defines": the coordinates of configuration name something.
enum AddedDirectiveCoordinates {
    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        for added in assembled.table.addedDirectives {
            guard let reason = problem(with: added.path, assembled.schema) else { continue }
            report.append(
                Diagnostic(
                    code: AddedDirectives.unknownCoordinate, reason, in: added.coordinate.source, at: added.coordinate.span,
                    hint: "Name what the directives are for as `Type`, `Type.field` or `Type.field.argument`."))
        }
    }

    private static func problem(with path: [String], _ schema: Schema) -> String? {
        guard let type = schema.type(named: path[0]) else {
            let names = schema.types.filter { !$0.isBuiltIn }.map(\.name)
            return "Unknown type \"\(path[0])\".\(DidYouMean.sentence(for: path[0], among: names))"
        }
        if type.isBuiltIn { return "The type \"\(type.name)\" is built in, and takes no directives." }
        guard path.count > 1 else { return nil }
        let fields = type.fields.map(\.name) + type.inputFields.map(\.name) + type.values.map(\.name)
        guard fields.contains(path[1]) else {
            return "Type \"\(type.name)\" has no field or value \"\(path[1])\".\(DidYouMean.sentence(for: path[1], among: fields))"
        }
        guard path.count > 2 else { return nil }
        let arguments = type.field(named: path[1])?.arguments.map(\.name) ?? []
        let name = path[2...].joined(separator: ".")
        if arguments.contains(name) { return nil }
        return "Field \"\(type.name).\(path[1])\" has no argument \"\(name)\".\(DidYouMean.sentence(for: name, among: arguments))"
    }
}
