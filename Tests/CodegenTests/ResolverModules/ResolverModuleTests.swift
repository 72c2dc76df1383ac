import Foundation
import SDLParser
import Testing

@testable import Codegen

@Suite("The scan of a resolver module")
struct ResolverModuleTests {
    @Test("functions, imports and other names are found, whatever stands around them")
    func findings() throws {
        let module = ResolverModule(
            Array(
                """
                '''def resolve(): from ..types import No'''
                from ..types import (  # the new one
                    Message as M,
                    MessageAddedArgs,
                )
                from .. import types
                if TYPE_CHECKING: from ..types import User

                @passthrough
                async def resolve(
                    event: M, args: "MessageAddedArgs", *, x: list[types.Reaction] = (lambda a, b: 1),  # )
                ) -> M | Skip:
                    from ..types import Late
                    return event
                try: from .fast import authorize
                except ImportError: pass
                initial = types.Score; (a, b.c), d[e] = 1, 2
                """.utf8))
        #expect(!module.isOpaque)
        #expect(module.names == ["M", "MessageAddedArgs", "types", "User", "resolve", "authorize", "initial", "a"])
        #expect(module.imports.map { "\($0.module) \($0.name) \($0.alias)" } == [
            "..types Message M", "..types MessageAddedArgs MessageAddedArgs", ".. types types", "..types User User", "..types Late Late",
            ".fast authorize authorize",
        ])
        #expect(module.imports.map(\.isTopLevel) == [true, true, true, true, false, true])
        #expect(module.imports.map(\.mayFail) == [false, false, false, false, false, true])
        let resolve = try #require(module.function(named: "resolve"))
        #expect(resolve.isAsync && resolve.decorators == ["passthrough"])
        #expect(resolve.signature.takes(2) && !resolve.signature.takes(3))
        #expect(resolve.signature.parameters.map { module.text[$0.annotation] } == ["M", "\"MessageAddedArgs\"", "list[types.Reaction]"])
        #expect(module.text[resolve.signature.result] == "M | Skip")
        #expect(module.attributes(of: "types")?.map { module.text[$0] } == ["Reaction", "Score"])
    }

    @Test("a name that may be bound to something else has no attributes that are known")
    func rebound() {
        for text in ["types = 1\ntypes.A", "def f(types): types.A", "print(types)\ntypes.A"] {
            #expect(ResolverModule(Array(text.utf8)).attributes(of: "types") == nil)
        }
    }

    @Test(
        "what cannot be read, or defines more than it shows, is opaque",
        arguments: [
            "def resolve(", "x = '", "'''", "f'{", "from a import *", "globals()['resolve'] = 1", ")", "def resolve(a b", "\\", "?", "f'{(((' ", "\u{0}",
        ])
    func opaque(text: String) {
        #expect(ResolverModule(Array(text.utf8)).isOpaque)
    }

    @Test("parameters decide how many arguments a call may have")
    func counts() throws {
        let cases: [(String, ClosedRange<Int>?)] = [
            ("a, b", 2...2), ("a, b=1, /", 1...2), ("a, *b", 1...9), ("*, a=1", 0...0), ("a, *, b", nil), ("a, **b", 1...1), ("", 0...0),
            ("a=lambda x, y: (1, 2), b=[1, 2]", 0...2),
        ]
        for (parameters, counts) in cases {
            let module = ResolverModule(Array("def f(\(parameters)): pass".utf8))
            let signature = try #require(module.function(named: "f")).signature
            for count in 0...9 { #expect(signature.takes(count) == (counts?.contains(count) ?? false), "\(parameters)") }
        }
    }

    @Test("whatever bytes a module has, it is read to its end", arguments: 0..<200)
    func hostile(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = ["'", "\"", "\"\"\"", "f'", "rf\"\"\"", "{", "}", "(", ")", "[", "]", ":", "\\", "\n", "\r\n", "def f", "class ", "\t", " ", "#", "import",
            "from", ",", "=", ":=", "lambda", "@", "\\N{", "as", ";", "\u{FEFF}", "é", "async", "type X", "->", "*", "."]  // swift-format-ignore
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<60, using: &random) {
            bytes += Array(pieces.randomElement(using: &random)?.utf8 ?? "".utf8)
            if Int.random(in: 0..<9, using: &random) == 0 { bytes.append(UInt8.random(in: 0...255, using: &random)) }
        }
        let module = ResolverModule(bytes)
        for function in module.functions { #expect(function.header.upperBound <= bytes.count && !function.name.isEmpty) }
        for name in module.names { _ = module.attributes(of: name) }
    }

    @Test("f-strings within f-strings do not exhaust the stack")
    func nesting() {
        #expect(ResolverModule(Array(String(repeating: "f'{", count: 100_000).utf8)).isOpaque)
        #expect(ResolverModule(Array(String(repeating: "(", count: 100_000).utf8)).isOpaque)
    }
}

/// What CPython's `ast` says of modules, random ones and those of its library, is what the scan says.
///
/// `RESOLVER_MODULES=20000 swift test --filter ScanAgainstCPython` tries more; a failure names the seed of its batch.
@Suite("The scan of modules, against CPython")
struct ScanAgainstCPythonTests {
    private struct Case: Decodable {
        struct Facts: Decodable {
            struct Function: Decodable {
                let name: String
                let line: Int
                let isAsync: Bool
                let parameters: [Parameter]
                let decorators: Int
                let result: [String]
            }
            struct Parameter: Decodable, Equatable {
                let name: String
                let kind: String
                let hasDefault: Bool
                let annotation: [String]

                init(name: String, kind: String, hasDefault: Bool, annotation: [String]) {
                    self.name = name
                    self.kind = kind
                    self.hasDefault = hasDefault
                    self.annotation = annotation
                }

                init(from decoder: any Decoder) throws {
                    var list = try decoder.unkeyedContainer()
                    name = try list.decode(String.self)
                    kind = try list.decode(String.self)
                    hasDefault = try list.decode(Bool.self)
                    annotation = try list.decode([String].self)
                }
            }
            struct Import: Decodable, Equatable {
                let words: [String]
                let lines: [Int]
                let isTopLevel: Bool
                let mayFail: Bool

                init(words: [String], lines: [Int], isTopLevel: Bool, mayFail: Bool) {
                    self.words = words
                    self.lines = lines
                    self.isTopLevel = isTopLevel
                    self.mayFail = mayFail
                }

                init(from decoder: any Decoder) throws {
                    var list = try decoder.unkeyedContainer()
                    words = try (0..<3).map { _ in try list.decode(String.self) }
                    lines = try (0..<2).map { _ in try list.decode(Int.self) }
                    isTopLevel = try list.decode(Bool.self)
                    mayFail = try list.decode(Bool.self)
                }
            }
            let functions: [Function]
            let imports: [Import]
            let names: [String]
            let stars: Bool
        }
        let source: String
        let facts: Facts
    }

    private static let count = ProcessInfo.processInfo.environment["RESOLVER_MODULES"].flatMap(Int.init) ?? 1000

    @Test("random modules", arguments: [20, 21])
    func random(seed: Int) throws { try compare(["\(seed * 1_000_000)", "\(Self.count / 2)"]) }

    @Test("modules of the standard library")
    func library() throws { try compare(["--library", "7", "\(Self.count / 4)"]) }

    private func compare(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = URL(filePath: #filePath).appending(path: "../../../Python/random_modules.py").standardized
        process.arguments = ["python3", script.path()] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try #require(try pipe.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count > 100)
        for item in cases { check(item, arguments) }
    }

    private func check(_ item: Case, _ arguments: [String]) {
        let bytes = Array(item.source.utf8)
        let module = ResolverModule(bytes)
        let source = Source(name: "", bytes: bytes)
        func line(_ range: Range<Int>) -> Int { source.location(at: UInt32(range.lowerBound)).line }
        func names(_ tokens: ArraySlice<PythonToken>) -> [String] { tokens.filter { $0.kind == .name && !["if", "else", "or", "and", "not", "lambda"].contains(module.text[$0]) }.map { module.text[$0] } }
        let explanation: Comment = "\(arguments.joined(separator: " "))\n\(item.source.prefix(3_000))"

        let functions = module.functions
        guard functions.map(\.name) == item.facts.functions.map(\.name) else {
            Issue.record("\(functions.map(\.name)) is not \(item.facts.functions.map(\.name)): \(explanation)")
            return
        }
        for (found, expected) in zip(functions, item.facts.functions) {
            #expect(line(found.header) == expected.line && found.isAsync == expected.isAsync, explanation)
            #expect(found.decorators.count == expected.decorators, explanation)
            let parameters = found.signature.parameters.map {
                Case.Facts.Parameter(name: $0.name, kind: "\($0.kind)", hasDefault: $0.hasDefault, annotation: names($0.annotation))
            }
            // CPython tells of `*args` before those that follow it by name.
            #expect(parameters.sorted { $0.name < $1.name } == expected.parameters.sorted { $0.name < $1.name }, explanation)
            #expect(names(found.signature.result) == expected.result, explanation)
        }
        let imports = module.imports.map {
            Case.Facts.Import(
                words: [$0.module, $0.name, $0.alias], lines: [line($0.statement), line($0.range)], isTopLevel: $0.isTopLevel, mayFail: $0.mayFail)
        }
        #expect(imports == item.facts.imports, explanation)
        // It may take more for a name, as the parts of patterns.
        #expect(Set(item.facts.names).isSubset(of: module.names), explanation)
        if item.facts.stars { #expect(module.isOpaque, explanation) }
    }
}
