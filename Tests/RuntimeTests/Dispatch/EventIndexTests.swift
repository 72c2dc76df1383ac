import Testing

@testable import SubsgenRuntime

@Suite("The event index")
struct EventIndexTests {
    private let paths = [["a"], ["b"], ["o", "a"], ["l"], ["o", "l", "a"]]

    @Test("It finds what a direct reading of the conditions finds, for any mixture of them", arguments: 0..<8)
    func oracle(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var index = EventIndex()
        var audiences: [Audience] = []
        for number in 0..<200 {
            let conditions = paths.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)).map { path in
                let count = [0, 1, 1, 1, 2, 5].randomElement(using: &random) ?? 1
                return EventCondition(path: path, keys: (0..<count).compactMap { _ in key(&random) })
            }
            let audience = Audience(id: UInt64(number), key: Audience.Key(fieldIndex: 0, arguments: [], claims: nil), conditions: conditions)
            index.insert(audience)
            audiences.append(audience)
        }
        for _ in 0..<50 {
            let gone = audiences.remove(at: Int.random(in: 0..<audiences.count, using: &random))
            index.remove(gone)
        }
        for _ in 0..<200 {
            let text = event(&random)
            let event = try JSONDocument.parse(Array(text.utf8)).root
            var found: Set<UInt64> = []
            index.forEachMatch(of: event) { found.insert($0.id) }
            let expected = Set(audiences.filter { $0.conditions.allSatisfy { $0.matches(event) } }.map(\.id))
            #expect(found == expected, "seed \(seed), event \(text)")
        }
        for audience in audiences { index.remove(audience) }
        var left = 0
        for _ in 0..<50 { index.forEachMatch(of: try JSONDocument.parse(Array(event(&random).utf8)).root) { _ in left += 1 } }
        #expect(left == 0, "seed \(seed)")
    }

    @Test("An event with long lists under several paths is compared audience by audience, and still finds all")
    func manyKeys() throws {
        var index = EventIndex()
        let one = try #require(MatchKey.of(JSONDocument.parse(Array("1".utf8)).root))
        let wanted = Audience(
            id: 1, key: Audience.Key(fieldIndex: 0, arguments: [], claims: nil),
            conditions: [EventCondition(path: ["a"], keys: [one]), EventCondition(path: ["b"], keys: [one])])
        index.insert(wanted)
        let numbers = (0..<1000).map(String.init).joined(separator: ",")
        var found = 0
        index.forEachMatch(of: try JSONDocument.parse(Array("{\"a\":[\(numbers)],\"b\":[\(numbers)]}".utf8)).root) { _ in found += 1 }
        #expect(found == 1)
        index.forEachMatch(of: try JSONDocument.parse(Array("{\"a\":[\(numbers)],\"b\":[0]}".utf8)).root) { _ in found += 1 }
        #expect(found == 1)
    }

    private func key(_ random: inout SeededRandom) -> MatchKey? {
        (try? JSONDocument.parse(Array(leaf(&random).utf8))).flatMap { MatchKey.of($0.root) }
    }

    private func leaf(_ random: inout SeededRandom) -> String {
        ["0", "1", "2", "\"1\"", "\"x\"", "true", "1.5"].randomElement(using: &random) ?? "0"
    }

    private func event(_ random: inout SeededRandom) -> String {
        func list() -> String { "[" + (0..<Int.random(in: 0...3, using: &random)).map { _ in leaf(&random) }.joined(separator: ",") + "]" }
        func objects() -> String {
            "[" + (0..<Int.random(in: 0...3, using: &random)).map { _ in "{\"a\":\(leaf(&random))}" }.joined(separator: ",") + "]"
        }
        var members: [String] = []
        if Bool.random(using: &random) { members.append("\"a\":\(leaf(&random))") }
        if Bool.random(using: &random) { members.append("\"b\":\(Bool.random(using: &random) ? "null" : leaf(&random))") }
        if Bool.random(using: &random) { members.append("\"l\":\(list())") }
        if Bool.random(using: &random) { members.append("\"o\":{\"a\":\(leaf(&random)),\"l\":\(objects())}") }
        return "{" + members.joined(separator: ",") + "}"
    }
}
