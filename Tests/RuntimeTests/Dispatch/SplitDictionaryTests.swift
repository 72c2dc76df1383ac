import Testing

@testable import SubsgenRuntime

@Suite("A dictionary of many parts")
struct SplitDictionaryTests {
    @Test("holds what a dictionary holds, whatever comes and goes")
    func model() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var split = SplitDictionary<Int, Int>()
        var model: [Int: Int] = [:]
        for range in [100, 20_000, 20_000, 300] {
            for _ in 0..<20_000 {
                let key = Int.random(in: 0..<range, using: &random)
                if Int.random(in: 0..<3, using: &random) == 0 {
                    #expect(split.removeValue(forKey: key) == model.removeValue(forKey: key), "seed \(seed)")
                } else {
                    let value = Int.random(in: 0..<1000, using: &random)
                    split[key] = value
                    model[key] = value
                }
            }
            #expect(split.count == model.count, "seed \(seed)")
            #expect(Set(split.values) == Set(model.values), "seed \(seed)")
            var visited: [Int: Int] = [:]
            split.forEach { visited[$0] = $1 }
            #expect(visited == model, "seed \(seed)")
            for key in 0..<range where split[key] != model[key] { Issue.record("seed \(seed), key \(key)") }
        }
        for key in model.keys { split[key] = nil }
        #expect(split.isEmpty)
    }

    @Test("keeps keys together whose hashes are the same")
    func equalHashes() {
        struct Key: Hashable {
            let number: Int
            func hash(into hasher: inout Hasher) {}
        }
        var split = SplitDictionary<Key, Int>()
        for number in 0..<1600 { split[Key(number: number)] = number }
        #expect(split.count == 1600)
        #expect(split[Key(number: 1599)] == 1599)
    }
}
