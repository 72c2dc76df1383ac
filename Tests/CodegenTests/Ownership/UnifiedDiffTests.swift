import Foundation
import Testing

@testable import Codegen

@Suite("Unified diffs")
struct UnifiedDiffTests {
    private static func diff(_ old: String?, _ new: String?) -> String {
        UnifiedDiff(of: "gen/types.py", from: old.map { Array($0.utf8) }, to: new.map { Array($0.utf8) }).text
    }

    private static func lines(_ numbers: some Sequence<Int>) -> String { numbers.map { "line \($0)\n" }.joined() }

    @Test("equal texts have none")
    func equal() {
        #expect(Self.diff("a\nb\n", "a\nb\n") == "")
        #expect(Self.diff("", "") == "")
    }

    @Test("a change stands between three lines of what surrounds it")
    func change() {
        let old = Self.lines(1...9)
        #expect(
            Self.diff(old, old.replacing("line 5\n", with: "other\n")) == """
                --- gen/types.py
                +++ gen/types.py
                @@ -2,7 +2,7 @@
                 line 2
                 line 3
                 line 4
                -line 5
                +other
                 line 6
                 line 7
                 line 8

                """)
    }

    @Test("changes that are near share a hunk, changes that are far do not")
    func hunks() {
        let old = Self.lines(1...30)
        let near = old.replacing("line 10\n", with: "").replacing("line 16\n", with: "")
        #expect(Self.diff(old, near).split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -7,13 +7,11 @@"])
        let far = old.replacing("line 10\n", with: "").replacing("line 20\n", with: "line 20\nmore\n")
        #expect(
            Self.diff(old, far).split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -7,7 +7,6 @@", "@@ -18,6 +17,7 @@"])
    }

    @Test("files come and go by way of /dev/null")
    func comingAndGoing() {
        #expect(Self.diff(nil, "a\n") == "--- /dev/null\n+++ gen/types.py\n@@ -0,0 +1 @@\n+a\n")
        #expect(Self.diff("a\n", nil) == "--- gen/types.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
        #expect(Self.diff(nil, "") == "--- /dev/null\n+++ gen/types.py\n")
    }

    @Test("a missing end of line is told, and a carriage return is part of its line")
    func endsOfLines() {
        #expect(
            Self.diff("a\r\n", "a") == "--- gen/types.py\n+++ gen/types.py\n@@ -1 +1 @@\n-a\r\n+a\n\\ No newline at end of file\n")
    }

    @Test("`patch` makes the new text of the old one", arguments: UInt64(0)..<60)
    func patch(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let old = (0..<Int.random(in: 0...40, using: &random)).map { _ in "\(Int.random(in: 0..<12, using: &random))" }
        var new = old
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: 0...new.count, using: &random)
            if place < new.count, Bool.random(using: &random) { new.remove(at: place) } else { new.insert("new \(place)", at: place) }
        }
        let before = old.map { $0 + "\n" }.joined()
        let after = new.joined(separator: "\n")
        let folder = FileManager.default.temporaryDirectory.appending(path: "subsgen-diff-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "types.py")
        try before.write(to: file, atomically: true, encoding: .utf8)
        try Self.diff(before, after).write(to: folder.appending(path: "change"), atomically: true, encoding: .utf8)
        let patch = Process()
        patch.executableURL = URL(filePath: "/usr/bin/env")
        patch.arguments = ["patch", "--quiet", file.path(), folder.appending(path: "change").path()]
        try patch.run()
        patch.waitUntilExit()
        #expect(patch.terminationStatus == 0)
        #expect((try? String(contentsOf: file, encoding: .utf8)) ?? "" == after)
    }

    @Test("large texts that have nothing in common take no more than a replacement")
    func large() {
        let old = (0..<20_000).map { "old \($0 % 7)\n" }.joined()
        let new = (0..<20_000).map { "new \($0 % 7)\n" }.joined()
        let lines = Self.diff(old, new).split(separator: "\n")
        #expect(lines.count == 40_003 && lines[2] == "@@ -1,20000 +1,20000 @@")
    }
}
