import GraphQLSchema
import SDLParser

/// Diagnostics as a JSON array of `{file, line, column, endLine, endColumn, severity, code, message, related}` (docs/reference/cli.md).
enum JSONReport {
    static func text(_ diagnostics: [Diagnostic]) -> String { value(diagnostics).text }

    /// The same in one line.
    static func line(_ diagnostics: [Diagnostic]) -> String { value(diagnostics).line }

    private static func value(_ diagnostics: [Diagnostic]) -> JSONText {
        var places = PlaceFinder()
        let reports = diagnostics.map { diagnostic in
            let related = diagnostic.notes.map { note in
                JSONText.object(members(of: places.place(note.span, in: note.source)) + [("message", .string(note.message))])
            }
            return JSONText.object(
                members(of: places.place(diagnostic.span, in: diagnostic.source)) + [
                    ("severity", .string(diagnostic.severity.rawValue)), ("code", .string(diagnostic.code.description)),
                    ("message", .string(diagnostic.message)), ("related", .array(related)),
                ])
        }
        return .array(reports)
    }

    private static func members(of place: ReportedPlace) -> [(key: String, value: JSONText)] {
        [
            ("file", .string(place.file)), ("line", .number(place.start.line)), ("column", .number(place.start.column)),
            ("endLine", .number(place.end.line)), ("endColumn", .number(place.end.column)),
        ]
    }
}
