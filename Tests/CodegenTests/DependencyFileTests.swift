import Testing

@testable import Codegen

@Suite("Dependency files")
struct DependencyFileTests {
    @Test("the package is made of its inputs, and an input that goes away stops nothing")
    func rules() {
        #expect(
            DependencyFile.text(target: "gen/manifest.json", prerequisites: ["a.graphql", "b.graphql"])
                == "gen/manifest.json: \\\n  a.graphql \\\n  b.graphql\n\na.graphql:\n\nb.graphql:\n")
    }

    @Test(
        "what Make would read otherwise is escaped",
        arguments: [("a b", "a\\ b"), ("a\\ b", "a\\\\\\ b"), ("a#b", "a\\#b"), ("a$b", "a$$b"), ("c:a", "c\\:a"), ("a\\b", "a\\b")])
    func escapes(path: String, escaped: String) {
        #expect(DependencyFile.text(target: path, prerequisites: []) == escaped + ":\n")
    }

    @Test("a path with a line break has no spelling", arguments: ["a\nb", "a\r\nb"])
    func lineBreaks(path: String) {
        #expect(DependencyFile.text(target: "gen/manifest.json", prerequisites: [path]) == nil)
    }
}
