import Testing

@testable import Codegen

@Suite("Names in generated Swift")
struct SwiftNamesTests {
    @Test(
        "A type is called as in the schema wherever Swift allows it",
        arguments: [
            ("Message", "Message"), ("AttributeError", "AttributeError"), ("class", "`class`"), ("Error", "Error_"),
            ("Error_", "Error__"), ("Type", "Type_"), ("_", "__"), ("MessageAddedArguments", "MessageAddedArguments_"),
            ("Arguments", "Arguments_"), ("Collection", "Collection"), ("JSONValue", "JSONValue_"),
            ("SubscriptionSchema", "SubscriptionSchema_"),
        ])
    func types(name: String, expected: String) {
        #expect(SwiftNames.type(name) == expected)
    }

    @Test(
        "A property is called as in the schema wherever that means the property",
        arguments: [
            ("id", "id"), ("fooBar", "fooBar"), ("class", "`class`"), ("self", "self_"), ("self_", "self__"), ("init", "init_"),
            ("Self", "`Self`"), ("Protocol", "Protocol_"), ("hashValue", "hashValue_"), ("description", "description"),
            ("event", "event"), ("_", "__"),
        ])
    func members(name: String, expected: String) {
        #expect(SwiftNames.member(name) == expected)
    }

    @Test(
        "A case is never taken for one of Optional or for the one that stands for unknown values",
        arguments: [
            ("OPEN", "OPEN"), ("none", "none_"), ("some", "some_"), ("unrecognized", "unrecognized_"), ("default", "`default`"),
            ("rawValue", "rawValue"),
        ])
    func cases(name: String, expected: String) {
        #expect(SwiftNames.enumCase(name) == expected)
    }

    @Test("Names made of a field's name differ where the fields differ in the case of their first letter")
    func derivedNames() {
        #expect(SwiftNames.arguments(ofField: "messageAdded") == "MessageAddedArguments")
        #expect(SwiftNames.arguments(ofField: "MessageAdded") == "_MessageAddedArguments")
        #expect(SwiftNames.publisher(ofField: "_messageAdded") == "publish__messageAdded")
    }

    @Test("Different names stay different, and what becomes of one depends on no other", arguments: [UInt64.random(in: .min ... .max)])
    func injective(seed: UInt64) {
        print("seed of SwiftNamesTests.injective:", seed)
        var random = SeededRandom(seed: seed)
        let names = Set((0..<20_000).map { _ in randomName(&random) })
        let rules: [(String, (String) -> String)] = [
            ("type", SwiftNames.type), ("member", SwiftNames.member), ("case", SwiftNames.enumCase),
            ("parameter", SwiftNames.topicParameter), ("arguments", SwiftNames.arguments), ("publisher", SwiftNames.publisher),
            ("completer", SwiftNames.completer), ("box", SwiftNames.box),
        ]
        for (rule, rename) in rules {
            let renamed = Dictionary(grouping: names, by: rename)
            #expect(renamed.values.filter { $0.count > 1 } == [], "\(rule) makes one name of several")
        }
        let types = Set(names.map(SwiftNames.type))
        let arguments = Set(names.map { SwiftNames.arguments(ofField: $0) })
        #expect(types.intersection(arguments).isEmpty, "arguments and types of the schema have names in common")
    }

    /// A name of few letters, so that many are near each other, or a word that Swift or generated code knows, with a little around it.
    private func randomName(_ random: inout SeededRandom) -> String {
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        let words = [
            "class", "self", "init", "Self", "Type", "Error", "Any", "none", "some", "unrecognized", "event", "Arguments", "foo",
            "Foo", "fooArguments", "FooArguments", "topic", "Optional", "hashValue", "decoding", "_", "repeat",
        ]
        let letters = (0..<Int.random(in: 1...3, using: &random)).map { _ in pick(["a", "A", "b", "_"]) }.joined()
        return pick(["", "", "_"]) + pick(words + [letters, letters, letters]) + pick(["", "", "_", "__", "a", "Arguments"])
    }
}
