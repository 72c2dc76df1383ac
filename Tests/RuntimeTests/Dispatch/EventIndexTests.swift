import Testing

@testable import SubsgenRuntime

@Suite("The event index")
struct EventIndexTests {
    private static func audience(_ id: UInt64) -> Audience { Audience(id: id, key: Audience.Key(fieldIndex: 0, arguments: [], claims: nil)) }

    private func key(_ text: String) throws -> MatchKey { try #require(MatchKey.of(try json(text))) }

    private func found(_ index: inout EventIndex, _ event: String) throws -> [UInt64] {
        index.matches(of: try json(event)).audiences.map(\.id).sorted()
    }

    @Test("An event with long lists under several paths is compared audience by audience, and still finds all")
    func manyKeys() throws {
        var index = EventIndex()
        let one = try key("1")
        index.insert(Self.audience(1), [.value(path: ["a"], .equals(one)), .value(path: ["b"], .equals(one))])
        let numbers = (0..<1000).map(String.init).joined(separator: ",")
        #expect(try found(&index, "{\"a\":[\(numbers)],\"b\":[\(numbers)]}") == [1])
        #expect(try found(&index, "{\"a\":[\(numbers)],\"b\":[0]}") == [])
        #expect(try found(&index, "{\"a\":1,\"b\":1}") == [1])
    }

    @Test("Longer lists than are hashed are compared, and found all the same")
    func longLists() throws {
        var index = EventIndex()
        let many = try (0..<3000).map { try key("\($0)") }
        index.insert(Self.audience(1), [.value(path: ["a"], .isAny(of: many))])
        index.insert(Self.audience(2), [.value(path: ["a"], .isNone(of: many))])
        index.insert(Self.audience(3), [.value(path: ["a"], .isAny(of: many)), .value(path: ["b"], .equals(many[1]))])
        #expect(try found(&index, #"{"a":2999}"#) == [1])
        #expect(try found(&index, #"{"a":3000}"#) == [2])
        #expect(try found(&index, #"{"a":0,"b":1}"#) == [1, 3])
    }

    @Test("An audience with alternatives is found by each, once")
    func alternatives() throws {
        var index = EventIndex()
        let (one, two) = (try key("1"), try key("2"))
        let audience = Self.audience(1)
        index.insert(
            audience,
            [
                .any([
                    .value(path: ["a"], .equals(one)), .all([.value(path: ["b"], .isAny(of: [one, two])), .value(path: ["c"], .equals(one))]),
                    .value(path: ["a"], .equals(one)),
                ])
            ])
        #expect(try found(&index, #"{"a":1}"#) == [1])
        #expect(try found(&index, #"{"b":2,"c":1}"#) == [1])
        #expect(try found(&index, #"{"a":1,"b":2,"c":1}"#) == [1])
        #expect(try found(&index, #"{"a":2,"b":2}"#) == [])
        index.remove(audience)
        #expect(try found(&index, #"{"a":1,"b":2,"c":1}"#) == [])
    }

    @Test("Thousands of audiences under one key, and without any, come and go")
    func crowds() throws {
        var index = EventIndex()
        let one = try key("1")
        let audiences = (1...6000).map { Self.audience($0) }
        for audience in audiences {
            index.insert(audience, audience.id % 2 == 0 ? [.value(path: ["a"], .equals(one))] : [.not(.value(path: ["a"], .equals(one)))])
        }
        #expect(try found(&index, #"{"a":1}"#) == stride(from: 2, through: 6000, by: 2).map { $0 })
        #expect(try found(&index, #"{"a":2}"#) == stride(from: 1, through: 5999, by: 2).map { $0 })
        for audience in audiences.dropFirst(4) { index.remove(audience) }
        #expect(try found(&index, #"{"a":1}"#) == [2, 4])
        #expect(try found(&index, "{}") == [1, 3])
    }
}
