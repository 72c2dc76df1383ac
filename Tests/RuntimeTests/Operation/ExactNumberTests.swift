import Testing

@testable import SubsgenRuntime

@Suite("Numbers in order")
struct ExactNumberTests {
    @Test("Of these, each is less than the next")
    func order() {
        let spellings = [
            ["-1e400"], ["-123456789012345678901234567890"], ["-12345678901234567890"], ["-12345678901234567889"], ["-9223372036854775808"],
            ["-2.5"], ["-2", "-2.0", "-2e0"], ["-0.1"], ["0", "-0", "0.0", "0e9"], ["5e-324"], ["0.1"], ["0.10000000000000002"], ["1", "10e-1"],
            ["9007199254740992", "9007199254740992.0"], ["9007199254740993"], ["9223372036854775807"], ["9223372036854775808"],
            ["18446744073709551616"], ["100000000000000000000000"], ["100000000000000000000001"], ["1e40", "1.0E+40"], ["1e300"],
        ]
        let numbers = spellings.map { $0.map { ExactNumber($0.utf8) } }
        for (position, equal) in numbers.enumerated() {
            for (other, others) in numbers.enumerated() {
                for number in equal {
                    for second in others {
                        #expect(number.order(to: second) == (position - other).signum(), "\(spellings[position]) and \(spellings[other])")
                    }
                }
            }
        }
    }
}
