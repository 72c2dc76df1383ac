import Testing

@testable import subsgen

@Suite("When to look after something happened")
struct DebounceTests {
    private var debounce = Debounce(quiet: 50, limit: 200)

    @Test("Where nothing happened there is nothing to look at")
    mutating func nothing() {
        #expect(debounce.due == nil)
        let isTime = debounce.look(at: .max)
        #expect(!isTime)
    }

    @Test("Once it was quiet for a while")
    mutating func quiet() {
        debounce.happened(at: 1_000)
        #expect(debounce.due == 1_050)
        debounce.happened(at: 1_040)
        #expect(debounce.due == 1_090)
        let looks = [debounce.look(at: 1_089), debounce.look(at: 1_090), debounce.look(at: 1_091)]
        #expect(looks == [false, true, false])
        #expect(debounce.due == nil)
    }

    @Test("At the latest some time after the first, however much goes on")
    mutating func limit() {
        for time in stride(from: UInt64(1_000), through: 1_200, by: 20) { debounce.happened(at: time) }
        #expect(debounce.due == 1_200)
        let isTime = debounce.look(at: 1_200)
        #expect(isTime)
        debounce.happened(at: 1_210)
        #expect(debounce.due == 1_260)
    }

    @Test("The end of time is no trap")
    mutating func end() {
        debounce.happened(at: .max - 10)
        #expect(debounce.due == .max)
    }
}
