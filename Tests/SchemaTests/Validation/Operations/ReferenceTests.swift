import Foundation
import GraphQLSchema
import SDLParser
import Testing

/// Fixtures/Operations: documents, and what graphql-core 3.2 says of each (generate.py writes it).
@Suite("Operations, as the reference implementation judges them")
struct ReferenceTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Error: Decodable, Sendable, Hashable, CustomStringConvertible {
            let message: String
            let locations: [[Int]]
            var description: String { "\(locations) \(message)" }
        }
        let document: String
        let errors: [Error]
        var testDescription: String { document }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/Operations")
    static let cases = (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appending(path: "cases.json")))) ?? []

    @Test("the fixtures are there")
    func fixtures() {
        #expect(Self.cases.count > 100)
    }

    @Test("the same errors, in the same words, at the same places", arguments: cases)
    func sameErrors(_ expected: Case) throws {
        let schema = try build(String(contentsOf: Self.folder.appending(path: "schema.graphql"), encoding: .utf8))
        let tree = try #require(parse([expected.document]).first)
        let found = OperationValidator.validate(tree, against: schema).map { diagnostic in
            let places = [diagnostic.span] + diagnostic.notes.map(\.span)
            return Case.Error(
                message: diagnostic.message,
                locations: places.map { place in
                    let location = tree.source.location(at: place.start)
                    return [location.line, location.column]
                })
        }
        #expect(found.map(\.description).sorted() == expected.errors.map(\.description).sorted())
    }
}
