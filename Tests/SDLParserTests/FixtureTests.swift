import Foundation
import SDLParser
import Testing

/// A document in Fixtures/valid or Fixtures/invalid. Dropping a file in makes a test; what is expected of NAME.graphql stands beside it
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
    }

    @Test("a sound document has no diagnostics, and its canonical text means the same", arguments: Fixture.all(in: "valid"))
    func valid(_ fixture: Fixture) throws {
        let result = Parser.parse(try fixture.source())
        #expect(DiagnosticPrinter().print(result.diagnostics) == "")
        let printed = Printer.print(result.tree.document)
        try fixture.expect(printed)
        expectRoundTrip(result.tree)
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
