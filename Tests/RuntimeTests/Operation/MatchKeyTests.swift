@testable import SubsgenRuntime
import Testing

@Suite("Keys that compare values of arguments and events")
struct MatchKeyTests {
    private func key(_ text: String) throws -> MatchKey? {
        MatchKey.of(try JSONDocument.parse(Array(text.utf8)).root)
    }

    @Test(
        "are equal for two spellings of one value",
        arguments: [
            ("7", "\"7\""), ("1", "1.0"), ("100", "1e2"), ("0.5", "5e-1"), ("0", "-0"), ("0", "-0.0"), ("true", "true"), ("\"A\"", "\"\\u0041\""),
            ("12345678901234567890", "\"12345678901234567890\""), ("1e40", "1.0e40"), ("10000000000000000000000", "1e22"),
        ])
    func equal(_ spellings: (String, String)) throws {
        let first = try #require(try key(spellings.0))
        #expect(first == (try key(spellings.1)))
        #expect(first.hashValue == (try key(spellings.1)?.hashValue))
        #expect(first.hash == (try key(spellings.1)?.hash))
    }

    @Test(
        "differ for different values",
        arguments: [
            ("1", "2"), ("\"a\"", "\"a\\u0000\""), ("\"\"", "\"\\u0000\""), ("\"é\"", "\"e\\u0301\""), ("true", "false"), ("\"A\"", "\"a\""),
            ("\"123456789012345\"", "\"1234567890123456\""), ("\"12345678\"", "\"123456789\""), ("9007199254740993", "9007199254740992"),
            ("\"12345678901234567\"", "\"12345678901234568\""), ("0.1", "0.10000000000000002"),
        ])
    func different(_ values: (String, String)) throws {
        let first = try #require(try key(values.0))
        #expect(first != (try #require(try key(values.1))))
    }

    @Test("exist for leaf values only", arguments: ["null", "{}", "[]", "[1]"])
    func none(_ text: String) throws {
        #expect(try key(text) == nil)
    }

    @Test(
        "have hashes that do not meet, however much alike they are",
        arguments: [("", 1), ("user:", 4096), ("", 1 << 40), ("a long prefix of all of them: ", 1)])
    func hashes(_ texts: (prefix: String, step: Int)) {
        let count = 16_384
        #expect(Set((0..<count).map { MatchKey("\(texts.prefix)\($0 * texts.step)".utf8).hash }).count == count)
    }
}
