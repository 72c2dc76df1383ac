import Foundation
import SDLParser
import Testing

@testable import Codegen

/// A package's folder in memory, with a developer who edits it and runs that do what the command does, and may be killed.
private struct Project {
    var random: SeededRandom
    var files: [String: String] = [:]
    /// What the developer wrote, by path: not a byte of it may be lost.
    private(set) var mine: [String: String] = [:]
    /// What subsgen last wrote at each path.
    private var written: [String: String] = [:]
    private var sdl = ""
    private var hasAllTypes = false
    private var edits = 0
    private(set) var log: [String] = []
    private let makesPackage: (String, Bool, [String: [UInt8]]) throws -> [GeneratedFile]

    init(seed: UInt64, _ makesPackage: @escaping (String, Bool, [String: [UInt8]]) throws -> [GeneratedFile]) {
        random = SeededRandom(seed: seed)
        self.makesPackage = makesPackage
        log = ["seed \(seed)"]
        changeSchema()
    }

    mutating func step() throws {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: changeSchema()
        case 2, 3: edit { $0.hasPrefix("resolvers/") || $0.hasPrefix("field_resolvers/") }
        case 4: if chance(3) { edit { _ in true } }
        case 5: delete()
        case 6: takeBack()
        case 7: addFile()
        case 8: try run(isForced: chance(4), killed: true)
        case 9: if chance(5) { try clean() } else { try look() }
        case 10: if chance(6) { loseManifest() }
        default: try run(isForced: chance(4))
        }
    }

    // MARK: The developer

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private mutating func changeSchema() {
        hasAllTypes = chance(3)
        let message = chance(2) ? "Message" : "ChatMessage"
        let types = ["Int!", "\(message)!", "[\(message)!]", "Node", "String"]
        let fields = (0..<5).filter { _ in !chance(3) }.map { number in
            "f\(number)\(chance(3) ? "(id: ID!)" : ""): \(types[Int.random(in: 0..<types.count, using: &random)])"
        }
        let supplied = (0..<2).filter { _ in chance(2) }.map { "s\($0)(n: Int): String" }
        sdl = """
            type Query { ok: Int }
            type Subscription { last: \(message)! \(fields.joined(separator: " ")) }
            interface Node { id: ID! }
            type \(message) implements Node { id: ID! \(chance(2) ? "text: String!" : "") \(supplied.joined(separator: " ")) }
            \(chance(2) ? "type Unused { a: Int }" : "")
            """
        log.append("schema\(hasAllTypes ? " with all types" : ""): " + sdl.split(separator: "\n")[1])
    }

    private mutating func write(_ path: String, _ text: String) {
        files[path] = text
        mine[path] = text
        log.append("edits \(path)")
    }

    private mutating func edit(_ isWanted: (String) -> Bool) {
        guard let path = files.keys.filter({ isWanted($0) && $0 != Manifest.path }).sorted().randomElement(using: &random) else { return }
        edits += 1
        let endings = ["# mine", "\r\n\t# mine", "def authorize(args, context): ...", "'''", "from ..types import Gone", "\u{FEFF}"]
        let text = chance(3) ? "" : files[path] ?? ""
        write(path, text + "\n# \(edits) \(endings[edits % endings.count])")
    }

    private mutating func addFile() {
        edits += 1
        let paths = ["notes.txt", "resolvers/helper.py", "resolvers/f\(edits % 5).py", "swift/Extra.swift", "field_resolvers/message_s0.py", "topics.py"]
        guard let path = paths.randomElement(using: &random), files[path] == nil else { return }
        write(path, "# new \(edits)")
    }

    private mutating func delete() {
        guard let path = files.keys.filter({ $0 != Manifest.path }).sorted().randomElement(using: &random) else { return }
        (files[path], mine[path]) = (nil, nil)
        log.append("deletes \(path)")
    }

    /// As `git checkout` does: the file is again as it was written.
    private mutating func takeBack() {
        guard let path = mine.keys.filter({ written[$0] != nil }).sorted().randomElement(using: &random), files[Manifest.path] != nil else { return }
        guard manifest.entries[path]?.covers(SHA256.hexDigest(of: (written[path] ?? "").utf8)) == true else { return }
        files[path] = written[path]
        mine[path] = nil
        log.append("takes back \(path)")
    }

    /// Without it, everything counts as edited.
    private mutating func loseManifest() {
        files[Manifest.path] = nil
        mine = files
        log.append("loses the manifest")
    }

    // MARK: Runs

    private var manifest: Manifest { files[Manifest.path].flatMap { Manifest(text: Array($0.utf8)) } ?? Manifest() }

    private func plan(_ wanted: [GeneratedFile], isForced: Bool) -> WritePlan {
        WritePlan(wanted, over: manifest, isForced: isForced) { path in files[path].map { .bytes(Array($0.utf8)) } ?? .absent }
    }

    private func package() throws -> [GeneratedFile] {
        let modules = files.filter { path, _ in ResolverFiles.folders.contains { path.hasPrefix($0 + "/") } }
        return try makesPackage(sdl, hasAllTypes, modules.mapValues { Array($0.utf8) })
    }

    private mutating func run(isForced: Bool, killed: Bool = false) throws {
        let wanted = try package()
        let plan = plan(wanted, isForced: isForced)
        log.append("runs\(isForced ? " with force" : "")\(killed ? ", is killed" : "")\(plan.refused.isEmpty ? "" : ", is refused")")
        if !plan.refused.isEmpty {
            // Only what somebody wrote is refused.
            for path in plan.refused { #expect(mine[path] != nil, "\(path) is refused\n\(story)") }
            return
        }
        var actions = plan.writes.map { ($0.path, Optional($0.text)) } + plan.removals.map { ($0, nil) }
        if !plan.writes.isEmpty { actions.insert((Manifest.path, plan.manifestMeanwhile.text), at: 0) }
        actions.append((Manifest.path, plan.manifest.text))
        if killed { actions.removeLast(Int.random(in: 1...actions.count, using: &random)) }
        for (path, text) in actions {
            if path != Manifest.path { giveUp(path, to: text, isForced, plan) }
            files[path] = text
            if text != nil { written[path] = text }
        }
        try check(wanted, plan, isFinished: !killed)
    }

    /// What is written over or removed was nobody's, or force was asked for.
    private mutating func giveUp(_ path: String, to text: String?, _ isForced: Bool, _ plan: WritePlan) {
        let isDevelopers = path.hasPrefix("resolvers/f") || path.hasPrefix("resolvers/last") || path.hasPrefix("field_resolvers/message") || path.hasPrefix("field_resolvers/chat")
        guard mine[path] != nil else { return }
        #expect(isForced && !isDevelopers, "\(path) was edited, and is lost\n\(story)")
        mine[path] = nil
    }

    private mutating func check(_ wanted: [GeneratedFile], _ plan: WritePlan, isFinished: Bool) throws {
        // What somebody wrote that is as subsgen would have it is subsgen's, once the manifest says so.
        let manifest = manifest
        for file in wanted where mine[file.path] == file.text && manifest.entries[file.path]?.covers(SHA256.hexDigest(of: file.text.utf8)) == true {
            mine[file.path] = nil
        }
        checkMine()
        guard isFinished else { return }
        for file in wanted where mine[file.path] == nil { #expect(files[file.path] == file.text, "\(file.path) does not follow\n\(story)") }
        let known = manifest
        #expect(known.text == files[Manifest.path])
        #expect(Set(known.paths).subtracting(wanted.map(\.path)) == Set(plan.orphans), "\(story)")
        for (path, entry) in known.entries {
            // Of a file that was edited after a run was killed, it may have been the one or the other that was edited.
            #expect(entry.next == nil || mine[path] != nil, "\(path)\n\(story)")
            let text = try #require(files[path], "\(path) is known and not there\n\(story)")
            #expect(mine[path] != nil || entry.covers(SHA256.hexDigest(of: text.utf8)), "\(path)\n\(story)")
        }
        let others = Set(files.keys).subtracting(wanted.map(\.path)).subtracting([Manifest.path])
        for path in others { #expect(mine[path] != nil, "\(path) is nobody's and stays\n\(story)") }
        #expect(!self.plan(wanted, isForced: false).changesFiles, "a second run writes again\n\(story)")
    }

    func checkMine() {
        for (path, text) in mine { #expect(files[path] == text, "\(path) is lost\n\(story)") }
    }

    /// `--check` and `--dry-run`.
    private mutating func look() throws {
        _ = plan(try package(), isForced: false)
        log.append("looks")
        checkMine()
    }

    private mutating func clean() throws {
        let isForced = chance(3)
        let plan = plan([], isForced: isForced)
        log.append("cleans")
        for path in plan.removals {
            giveUp(path, to: nil, isForced, plan)
            files[path] = nil
        }
        files[Manifest.path] = plan.manifest.paths.isEmpty ? nil : plan.manifest.text
        checkMine()
    }

    var story: Comment { Comment(rawValue: log.joined(separator: "\n")) }
}

/// `EDIT_SEQUENCES=5000 swift test --filter EditSequenceTests` (or `make edits`) tries more; a failure tells its seed and all that was done.
@Suite("Edits, schemas and runs in any order")
struct EditSequenceTests {
    private static let count = ProcessInfo.processInfo.environment["EDIT_SEQUENCES"].flatMap { UInt64($0) } ?? 40

    @Test("not one edited byte is lost, untouched files follow, and the manifest is true, with packages of real schemas")
    func packages() throws {
        let templates = try TemplateLibrary.embedded()
        for seed in 0..<Self.count {
            var project = Project(seed: seed) { sdl, hasAllTypes, modules in
                let result = try Pipeline.run(
                    [Source(name: "schema.graphql", text: sdl)], options: Pipeline.Options(hasAllTypes: hasAllTypes), templates: templates,
                    modules: modules)
                return try #require(result.files, "\(DiagnosticPrinter().print(result.diagnostics))\(sdl)")
            }
            for _ in 0..<30 { try project.step() }
        }
    }

    @Test("the same with thousands of sequences of made-up files")
    func files() throws {
        for seed in 0..<(Self.count * 50) {
            var project = Project(seed: 1_000_000 + seed) { sdl, hasAllTypes, modules in
                let names = sdl.split(separator: " ").filter { $0.hasPrefix("f") || $0.hasPrefix("s") }.map { $0.prefix(2) }
                let optional = modules.filter { String(decoding: $0.value, as: UTF8.self).contains("authorize") }.keys.sorted()
                return [GeneratedFile(path: "types.py", text: sdl), GeneratedFile(path: "registry.py", text: optional.joined(separator: " "))]
                    + (hasAllTypes ? [GeneratedFile(path: "topics.py", text: "all")] : [])
                    + Set(names).sorted().map { GeneratedFile(path: "resolvers/\($0).py", text: "stub \(sdl.count % 3)", owner: .developer) }
            }
            for _ in 0..<30 { try project.step() }
        }
    }
}
