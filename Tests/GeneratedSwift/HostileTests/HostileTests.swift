import Foundation
import HostileSchema
import SubsgenRuntime
import Testing

@Suite("Names that mean something in Swift")
struct HostileTests {
    private let schema = try? String(contentsOf: hostileSchema, encoding: .utf8)

    @Test("The dispatch table is the one that the runtime derives from the schema")
    func table() throws {
        let executor = try SubscriptionExecutor(sdl: try #require(schema), bus: MemoryBus())
        #expect(executor.dispatchTable == DispatchTable.generated)
        #expect(executor.fields.count > 40)
    }

    @Test("The schema is in the code to the letter, whatever its descriptions hold")
    func sdl() throws {
        let written = hostileSchema.deletingLastPathComponent().appending(path: "hostile/schema.graphql")
        #expect(try SubscriptionExecutor.generatedSDL == String(contentsOf: written, encoding: .utf8))
        #expect(try SubscriptionExecutor(bus: MemoryBus()).dispatchTable == DispatchTable.generated)
    }

    @Test("The wire has the schema's names, whatever they are in Swift")
    func wireNames() throws {
        for name in ["class", "init", "self", "Self", "Type", "none", "some", "unrecognized", "_", "Error_", "default"] {
            let word = try Word(json: Array("\"\(name)\"".utf8))
            if case .unrecognized = word { Issue.record("\(name) is a value of the schema") }
            #expect(word.rawValue == name)
        }
        let member = try WordTypes(json: Array(#"{"class":{"class":{"word":"self","list":[]},"list":[],"word":"init"}}"#.utf8))
        #expect(member.`class`?.`class`?.word == .self_)
        #expect(String(decoding: member.json, as: UTF8.self) == #"{"class":{"class":{"list":[],"word":"self"},"list":[],"word":"init"}}"#)
    }

    @Test("A topic is filled from fields and parameters of such names")
    func topics() throws {
        let executor = try SubscriptionExecutor(sdl: try #require(schema), bus: MemoryBus())
        let subscription = try executor.subscribe(query: #"subscription { class(class: "a.b") { word } }"#)
        try executor.publishClass(`class`(list: [], word: .init_), class: "a.b")
        #expect(subscription.next().map { String(decoding: $0, as: UTF8.self) } == #"{"data":{"class":{"word":"init"}}}"#)
    }
}

private let hostileSchema = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../.build/generated/hostile.graphql")
