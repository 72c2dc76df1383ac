import Foundation
import Testing

@testable import SDLParser

/// A document in Fixtures/valid, Fixtures/invalid or Fixtures/formatted. Dropping a file in makes a test; what is expected of NAME.graphql stands beside it
/// in NAME.txt. `UPDATE_FIXTURES=1 swift test --filter FixtureTests` writes it; look at the difference before you commit it.
struct Fixture: CustomTestStringConvertible {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] != nil

    let file: URL
    var testDescription: String { file.lastPathComponent }

    static func all(in name: String) -> [Fixture] {
        let files = try? FileManager.default.contentsOfDirectory(at: folder.appending(path: name), includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "graphql" }.sorted { $0.path() < $1.path() }.map { Fixture(file: $0) }
    }

    func source() throws -> Source {
        Source(name: file.lastPathComponent, bytes: Array(try Data(contentsOf: file)))
    }

    /// Compares `text` with the file beside the document.
    func expect(_ text: String, _ location: Testing.SourceLocation = #_sourceLocation) throws {
        let recorded = file.deletingPathExtension().appendingPathExtension("txt")
        if Self.isUpdating { try text.write(to: recorded, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: recorded, encoding: .utf8) == text, sourceLocation: location)
    }
}

@Suite("Fixtures")
struct FixtureTests {
    @Test("they are there")
    func present() {
        #expect(Fixture.all(in: "valid").count >= 5)
        #expect(Fixture.all(in: "invalid").count >= 15)
        #expect(!Fixture.all(in: "formatted").isEmpty)
    }

    @Test("a sound document has no diagnostics, and its canonical text means the same", arguments: Fixture.all(in: "valid"))
    func valid(_ fixture: Fixture) throws {
        let result = Parser.parse(try fixture.source())
        #expect(DiagnosticPrinter().print(result.diagnostics) == "")
        let printed = Printer.print(result.tree.document)
        try fixture.expect(printed)
        expectRoundTrip(result.tree)
    }

    @Test("a document with comments has the layout on record, and keeps them", arguments: Fixture.all(in: "formatted"))
    func formatted(_ fixture: Fixture) throws {
        let result = Parser.parse(try fixture.source())
        #expect(DiagnosticPrinter().print(result.diagnostics) == "")
        try fixture.expect(Printer.format(result.tree))
        expectFormatted(result.tree)
    }

    @Test("a faulty document gives every independent mistake, in its order, and no other", arguments: Fixture.all(in: "invalid"))
    func invalid(_ fixture: Fixture) throws {
        let source = try fixture.source()
        let diagnostics = Parser.parse(source).diagnostics
        #expect(!diagnostics.isEmpty)
        #expect(diagnostics.map(\.span.start) == diagnostics.map(\.span.start).sorted())
        try fixture.expect(DiagnosticPrinter().print(diagnostics))
    }
}

/// Expects that printing keeps a document's meaning and that printing what was printed changes nothing.
func expectRoundTrip(_ tree: SyntaxTree, _ comment: Comment? = nil, _ location: Testing.SourceLocation = #_sourceLocation) {
    let printed = Printer.print(tree.document)
    let again = Parser.parse(Source(name: "printed", text: printed))
    let comment = Comment(rawValue: "\(comment?.rawValue ?? "")\n\(printed)")
    #expect(again.diagnostics.map(\.message) == [], comment, sourceLocation: location)
    #expect(TreeText.meaning(again.tree) == TreeText.meaning(tree), comment, sourceLocation: location)
    #expect(Printer.print(again.tree.document).unicodeScalars.elementsEqual(printed.unicodeScalars), comment, sourceLocation: location)
}

/// Expects that formatting keeps a document's meaning and all its comments, and that formatting again changes nothing.
func expectFormatted(_ tree: SyntaxTree, _ comment: Comment? = nil, _ location: Testing.SourceLocation = #_sourceLocation) {
    let formatted = Printer.format(tree)
    let again = Parser.parse(Source(name: "formatted", text: formatted))
    let comment = Comment(rawValue: "\(comment?.rawValue ?? "")\n\(formatted)")
    #expect(again.diagnostics.map(\.message) == [], comment, sourceLocation: location)
    #expect(TreeText.meaning(again.tree) == TreeText.meaning(tree), comment, sourceLocation: location)
    #expect(comments(of: again.tree).sorted() == comments(of: tree).sorted(), comment, sourceLocation: location)
    #expect(Printer.format(again.tree).unicodeScalars.elementsEqual(formatted.unicodeScalars), comment, sourceLocation: location)
}

/// The comments of a document, found without the printer's help: what of its text belongs to no token.
private func comments(of tree: SyntaxTree) -> [String] {
    var found: [String] = []
    tree.source.bytes.withUnsafeBytes { buffer in
        var lexer = Lexer(SourceBytes(buffer))
        var end = 0
        while (try? lexer.advance()) != nil {
            let gap = tree.source.text(SourceSpan(start: UInt32(end), end: lexer.token.start))
            for line in gap.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" }) {
                guard let sign = line.firstIndex(of: "#") else { continue }
                var text = String(line[sign...])
                while text.unicodeScalars.last == " " || text.unicodeScalars.last == "\t" { text.unicodeScalars.removeLast() }
                found.append(text)
            }
            if lexer.token.kind == .endOfFile { return }
            end = Int(lexer.token.end)
        }
    }
    return found
}
