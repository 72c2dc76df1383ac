import Foundation
import SDLParser
import Testing

/// Fixtures/Reference: documents, and what graphql-core 3.2 reads in each (generate.py writes it). The trees hold every production
/// with its place; of a document with mistakes the reference implementation tells the first.
@Suite("Documents, as the reference implementation reads them")
struct ReferenceTests {
    struct Case: Decodable {
        struct Mistake: Decodable, Equatable {
            let message: String
            let line: Int
            let column: Int
        }
        let document: String
        let tree: String?
        let error: Mistake?
    }

    /// `REFERENCE_CASES=FILE swift test --filter SDLParserTests.ReferenceTests` compares those of another run of generate.py.
    static let file =
        ProcessInfo.processInfo.environment["REFERENCE_CASES"].map { URL(filePath: $0) }
        ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/Reference/cases.json")

    @Test("the same trees, and the same first mistakes in the same words at the same places")
    func same() throws {
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: Self.file))
        try #require(cases.count > 1000)
        for expected in cases {
            let result = Parser.parse(Source(name: "document", text: expected.document))
            let mistake = result.diagnostics.first.map { diagnostic in
                let place = diagnostic.source.location(at: diagnostic.span.start)
                return Case.Mistake(message: diagnostic.message, line: place.line, column: place.column)
            }
            if Self.isOfAnotherEdition(expected.error) { continue }
            if let code = result.diagnostics.first?.code, Self.isOurs(code) { continue }
            #expect(mistake == expected.error.map { Self.inOurWords($0, expected.document) }, "\(expected.document.debugDescription)")
            if let tree = expected.tree { #expect(TreeText.withPlaces(result.tree) == tree, "\(expected.document.debugDescription)") }
        }
    }

    /// Whether the reference's mistake is a description of an operation, a fragment or a variable, which the September 2025 edition has.
    private static func isOfAnotherEdition(_ mistake: Case.Mistake?) -> Bool {
        guard let message = mistake?.message else { return false }
        return message.contains("descriptions are supported only on type definitions") || message.contains("Expected '$', found String")
            || message.contains("Expected '$', found BlockString")
    }

    /// Mistakes that the reference finds later or calls otherwise: it says of a shorthand query where it stands, not what its
    /// description does there, and reads the token after a directive's location before it judges the location.
    private static func isOurs(_ code: DiagnosticCode) -> Bool {
        code == .unexpectedDescription || code == .unknownDirectiveLocation
    }

    /// Our messages take one line, so that they end where a string that they quote has a line's end; and a byte order mark counts as
    /// no column, as in editors.
    private static func inOurWords(_ mistake: Case.Mistake, _ document: String) -> Case.Mistake {
        let firstLine = mistake.message.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }
        let isWhole = firstLine.endIndex == mistake.message.unicodeScalars.endIndex
        let ending = isWhole ? "" : mistake.message.hasPrefix("Syntax Error: Invalid ") ? "'." : "…'."
        let isMarked = mistake.line == 1 && document.unicodeScalars.first == "\u{FEFF}"
        return Case.Mistake(
            message: String(firstLine) + ending, line: mistake.line, column: isMarked ? mistake.column - 1 : mistake.column)
    }
}
