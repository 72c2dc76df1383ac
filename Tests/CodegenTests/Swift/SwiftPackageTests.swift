import Foundation
import Testing

@testable import Codegen

@Suite("The generated Swift package")
struct SwiftPackageTests {
    /// The files under swift/, by their paths in it.
    private func swiftFiles(_ sdl: String) throws -> [String: String] {
        let files = try generate(sdl).filter { $0.key.hasPrefix("swift/") }
        return Dictionary(files.map { (String($0.dropFirst("swift/".count)), $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// What Payloads.swift has of a schema whose only subscription field is `event: Event!`.
    private func payloads(_ types: String) throws -> String {
        let files = try swiftFiles("type Query { ok: Boolean } type Subscription { event: Event! } " + types)
        return try #require(files["Sources/SubscriptionSchema/Payloads.swift"])
    }

    // These sources are compiled and run by scripts/test-generated-swift. To write them anew after a change that is meant:
    // UPDATE_GOLDENS=1 swift test --filter SwiftPackageTests
    @Test("Every feature of the schema language is written as the golden sources have it")
    func goldens() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../GeneratedSwift")
        let sdl = try String(contentsOf: folder.appending(path: "Schemas/feature.graphql"), encoding: .utf8)
        let files = try swiftFiles(sdl)
        #expect(
            files.keys.sorted() == [
                "Package.swift", "Sources/SubscriptionExtension/Extension.swift", "Sources/SubscriptionExtension/Resolvers.swift",
                "Sources/SubscriptionSchema/DispatchTable.swift", "Sources/SubscriptionSchema/Payloads.swift",
                "Sources/SubscriptionSchema/Resolvers.swift", "Sources/SubscriptionSchema/Schema.swift",
                "Sources/SubscriptionSchema/Topics.swift",
            ])
        for (path, text) in files where path.hasPrefix("Sources/SubscriptionSchema/") {
            let golden = folder.appending(path: "Feature/" + (path.split(separator: "/").last ?? ""))
            if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
                try text.write(to: golden, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOf: golden, encoding: .utf8) == text, "\(path) is not the golden \(golden.lastPathComponent)")
        }
    }

    @Test("Types that no event and no argument leads to are left out, those behind a field with arguments among them")
    func reachability() throws {
        let text = try payloads("type Event { id: ID!, pages(first: Int): Page } type Page { n: Int } type Other { event: Event }")
        #expect(text.contains("public struct Event: ObjectPayload {"))
        #expect(!text.contains("Page"))
        #expect(!text.contains("Other"))
        #expect(!text.contains("pages"))
    }

    @Test("What a function supplies may be missing from an event, also where it is no null and no object")
    func suppliedFields() throws {
        let text = try payloads("type Event { id: ID! likes: Int! @resolver }")
        #expect(text.contains("    public var id: ID\n"))
        #expect(text.contains("    public var likes: Int32?\n"))
    }

    @Test("With all types, every type but the root operation types is declared")
    func allTypes() throws {
        let sdl = "type Query { page: Page } type Subscription { a: Int } type Page { n: [Line] } type Line { text: String } input I { a: Int }"
        let files = try generate(sdl, options: Pipeline.Options(hasAllTypes: true))
        let text = try #require(files["swift/Sources/SubscriptionSchema/Payloads.swift"])
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("public") } == [
                "public struct Page: ObjectPayload {", "public struct Line: ObjectPayload {", "public struct I: ObjectPayload {",
            ])
    }

    @Test("Only leaves that are never null must be there")
    func presence() throws {
        let text = try payloads(
            "type Event { a: ID!, b: [Int!]!, c: Event!, d: [Event!]!, e: U!, f: String } union U = Event")
        for property in ["a: ID", "b: [Int32]", "c: Event?", "d: [Event]?", "e: U?", "f: String?"] {
            #expect(text.contains("    public var \(property)"), "\(property)")
        }
        #expect(text.contains("init(a: ID, b: [Int32], c: Event? = nil, d: [Event]? = nil, e: U? = nil, f: String? = nil)"))
    }

    @Test("Hostile descriptions stand in comments on every line", arguments: [#"*/ \(run()) """#, "One.\nimport Foundation", "{{name}} {{/docs}}"])
    func descriptions(text: String) throws {
        var literal = ""
        for character in text {
            switch character {
            case "\n": literal += #"\n"#
            case "\"", "\\": literal += "\\\(character)"
            default: literal.append(character)
            }
        }
        let generated = try payloads("\"\(literal)\" type Event { \"\(literal)\" id: ID! }")
        for line in text.split(separator: "\n") {
            let found = generated.split(separator: "\n").filter { $0.contains(line) }
            #expect(found.map { $0.trimmingCharacters(in: .whitespaces) } == ["/// \(line)", "/// \(line)"])
        }
    }

    @Test("The same schema gives the same bytes")
    func stable() throws {
        let sdl = "type Query { ok: Boolean } type Subscription { a: A b: B } type A { b: B } type B { a: A e: E } enum E { X Y }"
        #expect(try generate(sdl) == generate(sdl))
    }

    @Test("The manifest takes the runtime from the folder that the environment names, else from a release")
    func manifest() throws {
        let text = try #require(try swiftFiles("type Query { ok: Boolean } type Subscription { a: Int }")["Package.swift"])
        #expect(text.contains(#"if let path = Context.environment["SUBSGEN_SWIFT_PACKAGE"] {"#))
        #expect(text.contains(#".product(name: "SubsgenRuntime", package: "subsgen")"#))
    }
}
