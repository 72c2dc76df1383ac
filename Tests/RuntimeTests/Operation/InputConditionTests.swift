import Testing

@testable import SubsgenRuntime

@Suite("Filters, from an operation to the events that it gets")
struct InputConditionTests {
    private static let sdl = """
        type Query { ok: Int }
        type Subscription {
          item(
            is: String @filter(field: "name"), not: String @filter(field: "name", op: NE), in: [String] @filter(field: "name", op: IN),
            notIn: [String] @filter(field: "name", op: NOT_IN), ne: [Int] @filter(field: "size", op: NE),
            lt: Int @filter(field: "size", op: LT), lte: Float @filter(field: "size", op: LTE), gt: Float @filter(field: "size", op: GT),
            gte: Int @filter(field: "size", op: GTE), between: Range @filter(field: "size", op: BETWEEN),
            after: String @filter(field: "name", op: GT), words: Words @filter(field: "name", op: BETWEEN),
            prefix: String @filter(field: "name", op: PREFIX), id: ID @filter(field: "id", op: PREFIX),
            part: String @filter(field: "name", op: CONTAINS), tag: String @filter(field: "tags", op: CONTAINS),
            otherTag: String @filter(field: "tags", op: NE), line: Int @filter(field: "lines.count", op: GT),
            where: Where, owner: OwnerFilter): Item
        }
        type Item { id: ID name: String size: Float tags: [String] owner: Owner lines: [Line!] }
        type Owner { id: ID! name: String friend: Owner }
        type Line { count: Int sku: String }
        input Range { from: Float to: Int }
        input Words { from: String to: String }
        input Where {
          name: String, size: Range @filter(op: BETWEEN), names: [String!] @filter(field: "name"), small: Int @filter(field: "size", op: LT)
          tags: [String], owner: OwnerFilter, lines: LineFilter, and: [Where], or: [Where], not: [Where], limit: Int = 10
        }
        input OwnerFilter { id: ID name: String friend: OwnerFilter not: OwnerFilter }
        input LineFilter { count: Int sku: String }
        """

    /// The events of a list that a subscription with these arguments gets.
    private func found(_ arguments: String, _ events: [String]) throws -> [String] {
        let request = try compiler(Self.sdl).subscription("subscription { item(\(arguments)) { id } }")
        var index = EventIndex()
        let audience = Audience(id: 1, key: Audience.Key(fieldIndex: 0, arguments: [], claims: nil))
        index.insert(audience, request.conditions)
        return try events.filter { index.matches(of: try json($0)).audiences.isEmpty == false }
    }

    private static let names = ["ab", "abc", "b", "é", ""].map { #"{"name":"\#($0)"}"# } + [#"{"name":null}"#, "{}"]

    @Test(
        "compare strings",
        arguments: [
            ("is: \"ab\"", ["ab"]), ("not: \"ab\"", ["abc", "b", "é", ""]), ("in: [\"b\", \"é\", null]", ["b", "é"]), ("in: []", []),
            ("notIn: [\"b\", \"é\", null]", ["ab", "abc", ""]), ("notIn: []", ["ab", "abc", "b", "é", ""]), ("after: \"abc\"", ["b", "é"]),
            ("words: {from: \"ab\", to: \"abc\"}", ["ab", "abc"]), ("words: {from: \"b\"}", ["b", "é"]),
            ("words: {from: null, to: \"aba\"}", ["ab", ""]), ("words: {from: \"b\", to: \"a\"}", []), ("prefix: \"ab\"", ["ab", "abc"]),
            ("prefix: \"\"", ["ab", "abc", "b", "é", ""]), ("part: \"bc\"", ["abc"]), ("part: \"b\"", ["ab", "abc", "b"]), ("part: \"é\"", ["é"]),
            ("prefix: \"ab\", not: \"ab\"", ["abc"]),
        ])
    func strings(arguments: String, expected: [String]) throws {
        #expect(try found(arguments, Self.names) == expected.map { #"{"name":"\#($0)"}"# })
    }

    private static let sizes = ["-1", "0", "1", "1.0", "1.5", "2", "1e2", "9007199254740993", "123456789012345678901234567890"]
    private static let otherSizes = ["\"1\"", "true", "null", "[]", "{}"]

    @Test(
        "compare numbers exactly, and only numbers by order",
        arguments: [
            ("lt: 1", ["-1", "0"]), ("lte: 1", ["-1", "0", "1", "1.0"]), ("lte: 1.5", ["-1", "0", "1", "1.0", "1.5"]),
            ("gt: 9007199254740992", ["9007199254740993", "123456789012345678901234567890"]), ("gte: 100", ["1e2", "9007199254740993", "123456789012345678901234567890"]),
            ("gt: 123456789012345678901234567889", ["123456789012345678901234567890"]), ("gt: 123456789012345678901234567890", []),
            ("between: {from: 0.5, to: 2}", ["1", "1.0", "1.5", "2"]), ("between: {from: 1.0, to: 1}", ["1", "1.0"]), ("between: {to: -1}", ["-1"]),
        ])
    func numbers(arguments: String, expected: [String]) throws {
        let events = (Self.sizes + Self.otherSizes).map { "{\"size\":\($0)}" }
        #expect(try found(arguments, events) == expected.map { "{\"size\":\($0)}" })
    }

    @Test("leave out what is missing or null, by NE too; an open range restricts nothing")
    func missing() throws {
        let events = ["{}", #"{"size":null}"#, #"{"size":1}"#, #"{"size":2}"#]
        #expect(try found("ne: [1]", events) == [events[3]])
        #expect(try found("ne: []", events) == [events[2], events[3]])
        #expect(try found("ne: null, between: {from: null}, where: null", events) == events)
        #expect(try found("between: {}", events) == events)
    }

    @Test("let any element of a list count, and of a list on the path")
    func lists() throws {
        let tags = [#"{"tags":["ab"]}"#, #"{"tags":["ab","cd"]}"#, #"{"tags":[]}"#, #"{"tags":[null]}"#]
        #expect(try found("tag: \"c\"", tags) == [tags[1]])
        #expect(try found("otherTag: \"ab\"", tags) == [tags[1]])
        #expect(try found("where: {tags: [\"x\", \"cd\"]}", tags) == [tags[1]])
        #expect(try found("where: {not: {tags: [\"cd\"]}}", tags) == [tags[0], tags[2], tags[3]])
        let lines = [#"{"lines":[{"count":1},{"count":3}]}"#, #"{"lines":[{"count":1}]}"#, #"{"lines":[]}"#]
        #expect(try found("line: 2", lines) == [lines[0]])
    }

    @Test("look at the text of an ID, be it a number")
    func identifiers() throws {
        let events = [#"{"id":12}"#, #"{"id":"123"}"#, #"{"id":"21"}"#]
        #expect(try found("id: 12", events) == [events[0], events[1]])
    }

    @Test("compose: the fields of an input type together, and nested objects by what is at their paths")
    func composition() throws {
        let events = [
            #"{"name":"a","size":1,"owner":{"id":7,"name":"x","friend":{"id":8}}}"#, #"{"name":"a","size":5,"owner":{"id":"7"}}"#,
            #"{"name":"b","size":1}"#,
        ]
        #expect(try found("where: {name: \"a\", small: 3}", events) == [events[0]])
        #expect(try found("where: {names: [\"a\", \"b\"], size: {to: 1}}", events) == [events[0], events[2]])
        #expect(try found("where: {owner: {id: 7}}", events) == [events[0], events[1]])
        #expect(try found("owner: {id: 7, name: \"x\"}", events) == [events[0]])
        #expect(try found("owner: {friend: {id: 8, not: {id: 9}}}", events) == [events[0]])
        #expect(try found("where: {}", events) == events)
        #expect(try found("where: {owner: {}, name: null}", events) == events)
    }

    @Test("join input objects by and, or and not; null is as if it were not there")
    func connectives() throws {
        let events = [#"{"name":"a","size":1}"#, #"{"name":"b","size":2}"#, #"{"size":3}"#]
        #expect(try found("where: {or: [{name: \"a\"}, {size: {from: 3}}]}", events) == [events[0], events[2]])
        #expect(try found("where: {or: [{name: \"a\"}, {name: \"b\", small: 2}]}", events) == [events[0]])
        #expect(try found("where: {or: [{name: \"a\"}, null]}", events) == [events[0]])
        #expect(try found("where: {or: []}", events) == [])
        #expect(try found("where: {or: [{}]}", events) == events)
        #expect(try found("where: {and: [{name: \"a\"}, {small: 1}]}", events) == [])
        #expect(try found("where: {and: [{name: \"a\"}, null, {small: 2}]}", events) == [events[0]])
        #expect(try found("where: {and: [], or: null, not: null}", events) == events)
        #expect(try found("where: {not: {name: \"a\"}}", events) == [events[1], events[2]])
        #expect(try found("where: {not: [{name: \"a\"}, {name: \"b\"}]}", events) == [events[2]])
        #expect(try found("where: {not: {}}", events) == [])
        #expect(try found("where: {not: [null]}", events) == events)
        #expect(try found("where: {not: {or: [{name: \"a\"}, {not: {name: \"b\"}}]}}", events) == [events[1]])
        #expect(try found("where: {name: \"a\", or: [{small: 9}, {name: \"b\"}], not: {name: \"b\"}}", events) == [events[0]])
    }

    @Test("let filters of lists look for elements of their own")
    func elements() throws {
        let event = #"{"lines":[{"count":1,"sku":"a"},{"count":2,"sku":"b"}]}"#
        #expect(try found("where: {lines: {count: 1, sku: \"b\"}}", [event]) == [event])
    }

    @Test("refuse a field that selects nothing, unless it has its default")
    func undecided() throws {
        let message = "Argument \"item(where:)\" holds \"Where.limit\", which selects no events, so a subscription cannot give it. @1:21"
        let compiler = try compiler(Self.sdl)
        #expect(try compiler.refusal("subscription { item(where: {limit: 3}) { id } }") == [message])
        #expect(try compiler.refusal("subscription { item(where: {or: [{name: \"a\"}, {limit: null}]}) { id } }") == [message])
        #expect(try compiler.subscription("subscription { item(where: {limit: 10}) { id } }").conditions == [.all([])])
        #expect(
            try compiler.refusal("subscription($w: Where) { item(where: $w) { id } }", variables: #"{"w":{"and":[{"limit":1}]}}"#).count == 1)
    }
}
