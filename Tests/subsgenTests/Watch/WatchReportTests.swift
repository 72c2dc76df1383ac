import Testing

@testable import subsgen

@Suite("What --watch says")
struct WatchReportTests {
    private var report = WatchReport(isColoured: false)

    private mutating func tell(_ outcome: WatchReport.Outcome) -> WatchReport.Text {
        report.tell(outcome, at: "12:00:00", milliseconds: 7)
    }

    @Test("A line for each run, with its time")
    mutating func done() {
        let told = tell(.done("gen: 2 written.", warnings: ""))
        #expect(told == WatchReport.Text(status: "12:00:00 gen: 2 written. (7 ms)", problems: ""))
    }

    @Test("What is wrong is said once, and when it is mended")
    mutating func failures() {
        let told = [
            tell(.failed("error: a\n")), tell(.failed("error: a\n")), tell(.failed("error: b\n")), tell(.done("gen: up to date.", warnings: "")),
            tell(.done("gen: up to date.", warnings: "")), tell(.failed("error: b\n")),
        ]
        #expect(told.map(\.problems) == ["error: a\n", "", "error: b\n", "", "", "error: b\n"])
        #expect(
            told.map(\.status) == [
                "12:00:00 failed; waiting for a change (7 ms)", "12:00:00 failed as before; waiting for a change (7 ms)",
                "12:00:00 failed; waiting for a change (7 ms)", "12:00:00 mended; gen: up to date. (7 ms)",
                "12:00:00 gen: up to date. (7 ms)", "12:00:00 failed; waiting for a change (7 ms)",
            ])
    }

    @Test("Warnings are said when they are others than those of the run before")
    mutating func warnings() {
        let told = [
            tell(.done("a", warnings: "w")), tell(.done("a", warnings: "w")), tell(.failed("e")), tell(.done("a", warnings: "w")),
            tell(.done("a", warnings: "")), tell(.done("a", warnings: "w")),
        ]
        #expect(told.map(\.problems) == ["w", "", "e", "", "", "w"])
    }

    @Test("Colours where they are wanted")
    func colours() {
        var report = WatchReport(isColoured: true)
        let told = report.tell(.failed("e"), at: "12:00:00", milliseconds: 1)
        #expect(told.status.contains("\u{1B}[31mfailed\u{1B}[0m"))
    }
}
