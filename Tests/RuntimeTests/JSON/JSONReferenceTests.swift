import Foundation
import SubsgenRuntime
import Testing

/// JSON/Reference: texts, and what Python's json reads in each (generate.py writes it).
@Suite("JSON, as Python reads it")
struct JSONReferenceTests {
    private struct Case: Decodable {
        let text: String
        /// Nil where the text is to be refused.
        let value: String?
    }

    /// `JSON_CASES=FILE swift test --filter JSONReferenceTests` compares those of another run of generate.py.
    private static let file =
        ProcessInfo.processInfo.environment["JSON_CASES"].map { URL(filePath: $0) }
        ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference/cases.json")

    @Test("the same texts are read, and as the same values")
    func same() throws {
        let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: Self.file))
        try #require(cases.count > 500)
        for expected in cases {
            let document = try? JSONDocument.parse(Array(expected.text.utf8))
            #expect(document.map { Self.text(JSONModel($0.root)) } == expected.value, "\(expected.text.debugDescription)")
        }
    }

    private static func text(_ value: JSONModel) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text): "number \(text)"
        case .string(let text): quoted(text)
        case .array(let elements): "[" + elements.map(text).joined(separator: ", ") + "]"
        case .object(let members): "{" + members.map { "\(quoted($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": text.unicodeScalars.append(scalar)
            default: text += "\\" + String(scalar.value, radix: 16, uppercase: true) + ";"
            }
        }
        return text + "\""
    }
}
