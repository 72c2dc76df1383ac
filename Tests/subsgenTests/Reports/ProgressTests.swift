import Testing

@testable import subsgen

@Suite("The line that shows how far work is")
struct ProgressTests {
    @Test("A bar fills up from nothing to all")
    func bar() {
        #expect(Progress.line("writing", 0, of: 100, columns: 30) == "writing [-------------] 0/100")
        #expect(Progress.line("writing", 50, of: 100, columns: 31) == "writing [######-------] 50/100")
        #expect(Progress.line("writing", 100, of: 100, columns: 80) == "writing [" + String(repeating: "#", count: 40) + "] 100/100")
    }

    @Test("It is narrower than any terminal", arguments: 0...60)
    func width(columns: Int) {
        for (done, total) in [(0, 100), (7, 100), (100, 100), (1_000_000, 1_000_000), (0, 0), (5, 0)] {
            #expect(Progress.line("formatting", done, of: total, columns: columns).count <= max(columns - 1, 0))
        }
    }
}
