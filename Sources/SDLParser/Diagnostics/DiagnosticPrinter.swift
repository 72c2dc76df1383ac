/// Renders diagnostics for people: `file:line:column: error: message [SG0001]`, the source line with carets under the span,
/// notes with frames of their own, and the hint.
public struct DiagnosticPrinter: Sendable {
    /// Whether the text carries the escape sequences with which terminals draw colours.
    public enum Style: Sendable {
        case plain, coloured
    }

    private let style: Style

    public init(style: Style = .plain) {
        self.style = style
    }

    /// The diagnostics in the order of their places, a blank line between two; sources stay in the order in which they first
    /// appear. The text ends with a line feed unless it is empty.
    public func print(_ diagnostics: [Diagnostic]) -> String {
        var rendering = Rendering(style: style)
        for diagnostic in inFileOrder(diagnostics) { rendering.add(diagnostic) }
        return rendering.text
    }

    private func inFileOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var sourceRanks: [ObjectIdentifier: Int] = [:]
        let keyed = diagnostics.enumerated().map { position, diagnostic in
            let source = ObjectIdentifier(diagnostic.source)
            let rank = sourceRanks[source] ?? sourceRanks.count
            sourceRanks[source] = rank
            return (key: (rank, diagnostic.span.start, position), diagnostic)
        }
        return keyed.sorted { $0.key < $1.key }.map(\.1)
    }
}

/// The text so far, and the line tables of the sources that it has spoken of.
private struct Rendering {
    private(set) var text = ""
    private var tables: [ObjectIdentifier: LineTable] = [:]
    private let style: DiagnosticPrinter.Style

    init(style: DiagnosticPrinter.Style) {
        self.style = style
    }

    mutating func add(_ diagnostic: Diagnostic) {
        if !text.isEmpty { text += "\n" }
        let kind: Paint =
            switch diagnostic.severity {
            case .error: .error
            case .warning: .warning
            }
        addPlace(
            diagnostic.severity.rawValue, kind, diagnostic.message, code: diagnostic.code, diagnostic.source, diagnostic.span)
        for note in diagnostic.notes {
            addPlace("note", .note, note.message, code: nil, note.source, note.span)
        }
        if let hint = diagnostic.hint {
            text += painted("hint: ", .note) + DisplayText(hint).text + "\n"
        }
    }

    private mutating func addPlace(
        _ label: String, _ paint: Paint, _ message: String, code: DiagnosticCode?, _ source: Source, _ span: SourceSpan
    ) {
        let table = tables[ObjectIdentifier(source)] ?? LineTable(source)
        tables[ObjectIdentifier(source)] = table
        let location = table.location(at: span.start)
        let place = "\(DisplayText(source.name).text):\(location.line):\(location.column): "
        text += painted(place, .place) + painted(label + ": ", paint) + painted(DisplayText(message).text, .place)
        if let code { text += " [\(code)]" }
        text += "\n"

        let frame = CodeFrame(source, span, table)
        let number = String(location.line)
        let blank = String(repeating: " ", count: number.utf8.count)
        text += painted("\(number) |", .gutter) + (frame.line.text.isEmpty ? "" : " " + frame.line.text) + "\n"
        text += painted("\(blank) |", .gutter) + " " + String(repeating: " ", count: frame.indentation)
        text += painted(String(repeating: "^", count: frame.carets), paint) + "\n"
    }

    /// What a part of the text is; a terminal shows each in its own way (ECMA-48, Select Graphic Rendition).
    private enum Paint: String {
        case place = "\u{1B}[1m"
        case error = "\u{1B}[1;31m"
        case warning = "\u{1B}[1;33m"
        case note = "\u{1B}[1;36m"
        case gutter = "\u{1B}[34m"
    }

    private func painted(_ part: String, _ paint: Paint) -> String {
        switch style {
        case .plain: part
        case .coloured: paint.rawValue + part + "\u{1B}[0m"
        }
    }
}
