import Testing

@testable import Codegen

@Suite("The manifest")
struct ManifestTests {
    private static let digest = String(repeating: "0f", count: 32)

    @Test("is read as it was written")
    func roundTrip() {
        let manifest = Manifest(entries: [
            "types.py": Manifest.Entry(owner: .generator, digest: Self.digest),
            "resolvers/tick.py": Manifest.Entry(owner: .developer, digest: Self.digest),
        ])
        #expect(Manifest(text: Array(manifest.text.utf8)) == manifest)
        #expect(Manifest(text: Array(Manifest().text.utf8)) == Manifest())
    }

    @Test("has an entry a line in the order of paths")
    func layout() {
        let manifest = Manifest(entries: [
            "b": Manifest.Entry(owner: .generator, digest: "2"), "a": Manifest.Entry(owner: .developer, digest: "1"),
        ])
        #expect(
            manifest.text == """
                {
                  "format": 1,
                  "files": {
                    "a": {"owner": "developer", "sha256": "1"},
                    "b": {"owner": "generator", "sha256": "2"}
                  }
                }

                """)
    }

    @Test(
        "that is damaged, of another format or made to reach out of the folder is none",
        arguments: [
            "", "{", "[]", "{}", #"{"format": 2, "files": {}}"#, #"{"format": 1, "files": {}} x"#, #"{"format": 1, "files": {},}"#,
            #"{"format": 1, "format": 1, "files": {}}"#, #"{"format": 1, "files": {"a": {"owner": "nobody", "sha256": "1"}}}"#,
            #"{"format": 1, "files": {"../a": {"owner": "generator", "sha256": "1"}}}"#,
            #"{"format": 1, "files": {"/a": {"owner": "generator", "sha256": "1"}}}"#,
            #"{"format": 1, "files": {"a/./b": {"owner": "generator", "sha256": "1"}}}"#,
            "<<<<<<< HEAD\n{}", String(repeating: "{\"a\":", count: 100_000),
        ])
    func damaged(text: String) {
        #expect(Manifest(text: Array(text.utf8)) == nil)
    }
}
