import SDLParser
import Testing

@Suite("Documents that are known by their digest")
struct PersistedDocumentTests {
    @Test(
        "White space around a document does not count, and within it does",
        arguments: [
            ("{ a }", "{ a }"), ("\n\t { a }\r\n", "{ a }"), ("{  a }", "{  a }"), ("{ a } # é", "{ a } # é"), ("é", "é"), ("", ""), (" \n", ""),
        ])
    func text(document: String, text: String) {
        let persisted = PersistedDocument(document)
        #expect(persisted.text == text)
        #expect(persisted.digest == SHA256.hexDigest(of: text.utf8))
        #expect(persisted == PersistedDocument(text))
    }
}
