import Testing

@testable import Codegen

@Suite("What may be written")
struct WritePlanTests {
    /// A folder in memory that takes what plans say.
    private struct Folder {
        var files: [String: String] = [:]
        var links: Set<String> = []
        var manifest = Manifest()

        func plan(_ wanted: [GeneratedFile], isForced: Bool = false) -> WritePlan {
            WritePlan(wanted, over: manifest, isForced: isForced) { path in
                links.contains(path) ? .link : files[path].map { .bytes(Array($0.utf8)) } ?? .absent
            }
        }

        @discardableResult
        mutating func run(_ wanted: [GeneratedFile], isForced: Bool = false) -> WritePlan {
            let plan = plan(wanted, isForced: isForced)
            guard plan.refused.isEmpty else { return plan }
            for file in plan.writes {
                files[file.path] = file.text
                links.remove(file.path)
            }
            for path in plan.removals { files[path] = nil }
            manifest = plan.manifest
            return plan
        }
    }

    private static func types(_ text: String = "types") -> GeneratedFile { GeneratedFile(path: "types.py", text: text) }
    private static func stub(_ text: String = "stub") -> GeneratedFile {
        GeneratedFile(path: "resolvers/tick.py", text: text, owner: .developer)
    }

    @Test("a second run with the same files changes nothing")
    func idempotence() {
        var folder = Folder()
        #expect(folder.run([Self.types(), Self.stub()]).writes.count == 2)
        let manifest = folder.manifest
        let second = folder.run([Self.types(), Self.stub()])
        #expect(!second.changesFiles && second.unchanged == 2 && second.kept.isEmpty)
        #expect(folder.manifest == manifest)
    }

    @Test("an untouched stub follows the schema")
    func untouchedStub() {
        var folder = Folder()
        folder.run([Self.stub()])
        folder.run([Self.stub("stub 2")])
        #expect(folder.files["resolvers/tick.py"] == "stub 2")
    }

    @Test("an untouched stub goes away with its field")
    func removedStub() {
        var folder = Folder()
        folder.run([Self.types(), Self.stub()])
        #expect(folder.run([Self.types()]).removals == ["resolvers/tick.py"])
        #expect(folder.manifest.paths == ["types.py"])
    }

    @Test("an edited stub stays, also with force, and follows again when its edits are taken back")
    func editedStub() {
        var folder = Folder()
        folder.run([Self.stub()])
        folder.files["resolvers/tick.py"] = "mine"
        #expect(folder.run([Self.stub("stub 2")], isForced: true).kept == ["resolvers/tick.py"])
        #expect(folder.files["resolvers/tick.py"] == "mine")
        folder.files["resolvers/tick.py"] = "stub"
        folder.run([Self.stub("stub 3")])
        #expect(folder.files["resolvers/tick.py"] == "stub 3")
    }

    @Test("an edited stub whose field is gone stays, and is named at each run")
    func orphan() {
        var folder = Folder()
        folder.run([Self.types(), Self.stub()])
        folder.files["resolvers/tick.py"] = "mine"
        for _ in 0..<2 { #expect(folder.run([Self.types()], isForced: true).orphans == ["resolvers/tick.py"]) }
        #expect(folder.files["resolvers/tick.py"] == "mine")
    }

    @Test("a stub that was deleted is written again")
    func deletedStub() {
        var folder = Folder()
        folder.run([Self.stub()])
        folder.files["resolvers/tick.py"] = nil
        folder.run([Self.stub()])
        #expect(folder.files["resolvers/tick.py"] == "stub")
    }

    @Test("a generated file that was edited refuses the run; force writes over it")
    func editedGenerated() {
        var folder = Folder()
        folder.run([Self.types()])
        folder.files["types.py"] = "edited"
        #expect(folder.run([Self.types("types 2")]).refused == ["types.py"])
        #expect(folder.files["types.py"] == "edited")
        folder.run([Self.types("types 2")], isForced: true)
        #expect(folder.files["types.py"] == "types 2")
    }

    @Test("a generated file that was edited and is no longer needed refuses the run; force removes it")
    func editedUnneeded() {
        var folder = Folder()
        folder.run([Self.types(), Self.stub()])
        folder.files["types.py"] = "edited"
        #expect(folder.run([Self.stub()]).refused == ["types.py"])
        #expect(folder.run([Self.stub()], isForced: true).removals == ["types.py"])
    }

    @Test("without a manifest every stub counts as edited, and every generated file as somebody else's")
    func noManifest() {
        var folder = Folder()
        folder.run([Self.types(), Self.stub()])
        folder.manifest = Manifest()
        let plan = folder.plan([Self.types("types 2"), Self.stub("stub 2")])
        #expect(plan.refused == ["types.py"] && plan.kept == ["resolvers/tick.py"])
        // Files that already are as they should be are nobody's loss.
        #expect(folder.run([Self.types(), Self.stub()]).unchanged == 2)
    }

    @Test("a link is somebody's own, wherever it leads")
    func links() {
        var folder = Folder()
        folder.links = ["types.py", "resolvers/tick.py"]
        let plan = folder.plan([Self.types(), Self.stub()])
        #expect(plan.refused == ["types.py"] && plan.kept == ["resolvers/tick.py"])
    }

    @Test("whatever order edits and schemas come in, not one edited byte is lost and the untouched follow", arguments: 0..<500)
    func sequences(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var folder = Folder()
        var edits: [String: String] = [:]
        for step in 0..<20 {
            let wanted = (0..<6).filter { _ in Bool.random(using: &random) }.map { field in
                GeneratedFile(
                    path: "resolvers/f\(field).py", text: "stub \(field) version \(Int.random(in: 0..<3, using: &random))", owner: .developer)
            }
            let isForced = Bool.random(using: &random)
            let plan = folder.run(wanted + [Self.types("types \(step / 3)")], isForced: isForced)
            #expect(plan.refused.isEmpty)
            // A file that is as subsgen would write it is subsgen's again.
            for file in wanted where edits[file.path] == file.text { edits[file.path] = nil }
            for (path, text) in edits { #expect(folder.files[path] == text) }
            for file in wanted where edits[file.path] == nil { #expect(folder.files[file.path] == file.text) }
            let left = Set(folder.files.keys).subtracting(wanted.map(\.path)).subtracting(["types.py"])
            #expect(left.allSatisfy { edits[$0] != nil }, "what nobody edited goes away")

            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                guard let path = folder.files.keys.filter({ $0 != "types.py" }).sorted().randomElement(using: &random) else { continue }
                edits[path] = "edit \(step)"
                folder.files[path] = edits[path]
            case 1:
                guard let path = edits.keys.sorted().randomElement(using: &random) else { continue }
                edits[path] = nil
                folder.files[path] = nil
            case 2: if Int.random(in: 0..<8, using: &random) == 0 { lose(&folder, &edits) }
            default: continue
            }
        }
    }

    /// Without the manifest, all that is there counts as edited.
    private func lose(_ folder: inout Folder, _ edits: inout [String: String]) {
        folder.manifest = Manifest()
        for (path, text) in folder.files where path != "types.py" { edits[path] = text }
        folder.files["types.py"] = nil
    }

    @Test("a run that was killed half-way leaves nothing that the next one, of another schema, takes for somebody's")
    func killedRun() throws {
        var versions = (0..<3).map { [Self.types("types \($0)"), Self.stub("stub \($0)")] }
        versions[0].append(GeneratedFile(path: "old.py", text: "old"))
        for written in 0...2 {
            var folder = Folder()
            folder.run(versions[0])
            for killed in [versions[1], versions[2]] {
                let plan = folder.plan(killed)
                folder.manifest = try #require(Manifest(text: Array(plan.manifestMeanwhile.text.utf8)))
                for file in plan.writes.prefix(written) { folder.files[file.path] = file.text }
            }
            let plan = folder.run(versions[1])
            #expect(plan.refused.isEmpty && plan.kept.isEmpty && plan.orphans.isEmpty)
            #expect(folder.files == ["types.py": "types 1", "resolvers/tick.py": "stub 1"])
            #expect(folder.manifest == plan.manifest && !plan.manifest.text.contains("next"))
        }
    }

    @Test("a run that was killed before its first file is as if it had not been")
    func killedBeforeTheFirst() {
        var folder = Folder()
        folder.manifest = folder.plan([Self.types()]).manifestMeanwhile
        folder.files["types.py"] = "somebody's"
        #expect(folder.run([Self.types()]).refused == ["types.py"])
    }

    @Test("what was edited is edited also after a run that was killed")
    func editedBeforeKilled() {
        var folder = Folder()
        folder.run([Self.types(), Self.stub()])
        folder.files["resolvers/tick.py"] = "mine"
        folder.manifest = folder.plan([Self.types("types 2"), Self.stub("stub 2")]).manifestMeanwhile
        folder.files["types.py"] = "edited"
        let plan = folder.plan([Self.types("types 3"), Self.stub("stub 3")])
        #expect(plan.refused == ["types.py"] && plan.kept == ["resolvers/tick.py"] && plan.writes.isEmpty)
    }
}
