import Testing

@testable import subsgen

@Suite("Names of folders as Python imports them")
struct PythonImportNameTests {
    @Test(
        "What cannot be imported is answered with what can",
        arguments: [
            "", "-", "1", "my-gen", "my gen", "class", "None", "types", "subsgen", "a.b", "\u{202E}x", "import-", "json", "é-ü", "🙂", "async",
            "_thread-", "1-2", "sys",
        ])
    func suggestions(name: String) {
        let judged = PythonImportName(name, isTopLevel: true)
        #expect(judged.problem != nil)
        let better = PythonImportName(judged.suggestion, isTopLevel: true)
        #expect(better.problem == nil, "\(name) became \(judged.suggestion)")
        #expect(better.suggestion == judged.suggestion)
    }

    @Test("Soft keywords and builtins can be imported", arguments: ["match", "case", "type", "_", "list", "gen", "Gen", "été"])
    func importable(name: String) { #expect(PythonImportName(name, isTopLevel: true).problem == nil) }

    @Test("In another package, modules of the standard library are in nobody's way")
    func nested() {
        #expect(PythonImportName("types", isTopLevel: false).problem == nil)
        #expect(PythonImportName("class", isTopLevel: false).problem != nil)
    }
}
