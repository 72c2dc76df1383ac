import Codegen
import GraphQLSchema
import SDLParser

/// Diagnostics as a log of one run in the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0).
enum SARIFReport {
    static func text(_ diagnostics: [Diagnostic]) -> String {
        var places = PlaceFinder()
        let results = diagnostics.map { diagnostic in
            var members: [(key: String, value: JSONText)] = [
                ("ruleId", .string(diagnostic.code.description)), ("level", .string(diagnostic.severity.rawValue)),
                ("message", .object([("text", .string(text(of: diagnostic)))])),
                ("locations", .array([.object(location(places.place(diagnostic.span, in: diagnostic.source)))])),
            ]
            if !diagnostic.notes.isEmpty {
                let related = diagnostic.notes.map { note in
                    JSONText.object(
                        location(places.place(note.span, in: note.source)) + [("message", .object([("text", .string(note.message))]))])
                }
                members.append(("relatedLocations", .array(related)))
            }
            return JSONText.object(members)
        }
        let rules = Set(diagnostics.map(\.code.description)).sorted().map { JSONText.object([("id", .string($0))]) }
        let driver = JSONText.object([
            ("name", .string("subsgen")), ("version", .string(Release.version)), ("rules", .array(rules)),
        ])
        let run = JSONText.object([
            ("tool", .object([("driver", driver)])), ("columnKind", .string("unicodeCodePoints")), ("results", .array(results)),
        ])
        return JSONText.object([
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")), ("version", .string("2.1.0")), ("runs", .array([run])),
        ]).text
    }

    private static func text(of diagnostic: Diagnostic) -> String {
        diagnostic.message + (diagnostic.hint.map { "\n" + $0 } ?? "")
    }

    private static func location(_ place: ReportedPlace) -> [(key: String, value: JSONText)] {
        let region: [(key: String, value: JSONText)] = [
            ("startLine", .number(place.start.line)), ("startColumn", .number(place.start.column)),
            ("endLine", .number(place.end.line)), ("endColumn", .number(place.end.column)),
        ]
        let file = JSONText.object([("uri", .string(uri(of: place.file)))])
        return [("physicalLocation", .object([("artifactLocation", file), ("region", .object(region))]))]
    }

    /// A path as a URI reference (RFC 3986): absolute with its scheme, relative as it is, and all but unreserved bytes encoded.
    private static func uri(of path: String) -> String {
        var uri = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                uri += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return uri
    }
}
