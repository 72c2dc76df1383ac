import GraphQLSchema
import SDLParser
import Testing

/// Documents of some 15,000 tokens, made to cost time, stack or bandwidth. An algorithm that is more than nearly linear in one of
/// them does not come back.
@Suite("Documents made to be expensive")
struct HostileDocumentTests {
    let schema: Schema

    init() throws {
        schema = try build(
            """
            type Query { dog: Dog, cat: Dog }
            type Dog { name: String, nickname: String, mother: Dog, father: Dog, isAt(x: Int): Boolean }
            type Subscription { event: Int, other: Int }
            """)
    }

    private func validate(_ document: String) throws -> [Diagnostic] {
        OperationValidator.validate(try #require(parse([document]).first), against: schema)
    }

    private func repeated(_ count: Int, _ part: (Int) -> String) -> String { (0..<count).map(part).joined(separator: " ") }

    @Test("a field selected thousands of times is good")
    func repeatedFields() throws {
        #expect(try validate("{ dog { \(repeated(15_000) { _ in "name" }) } }").isEmpty)
        #expect(try validate("{ \(repeated(3_700) { _ in "dog{name}" }) }").isEmpty)
        #expect(try validate("{ \(repeated(3_000) { "dog{x\($0):name}" }) }").isEmpty)
    }

    @Test("selections that double at each level are good")
    func doubling() throws {
        let nested = (0..<11).reduce("name") { inner, _ in "mother{\(inner)} mother{\(inner)}" }
        #expect(try validate("{ dog { \(nested) } }").isEmpty)
    }

    @Test("chains of a thousand fragments, and those that double at each step, are good")
    func fragments() throws {
        let last = "fragment F1000 on Dog{name}"
        let chain = repeated(1_000) { "fragment F\($0) on Dog{name ...F\($0 + 1)}" }
        #expect(try validate("{ dog { ...F0 } } \(chain) \(last)").isEmpty)
        let spreads = repeated(1_000) { "fragment F\($0) on Dog{...F\($0 + 1) ...F\($0 + 1)}" }
        #expect(try validate("{ dog { ...F0 } } \(spreads) \(last)").isEmpty)
        let nested = repeated(1_000) { "fragment F\($0) on Dog{mother{...F\($0 + 1)} father{...F\($0 + 1)}}" }
        #expect(try validate("{ dog { ...F0 } } \(nested) \(last)").isEmpty)
        let beside = repeated(1_000) { "fragment F\($0) on Dog{name nickname}" }
        #expect(try validate("{ dog { \(repeated(1_000) { "...F\($0)" }) } } \(beside)").isEmpty)
    }

    @Test("many operations that share many fragments are good")
    func operations() throws {
        let operations = repeated(300) { "query Q\($0)($v:Int){...F0}" }
        let fragments = repeated(300) { "fragment F\($0) on Query{...F\($0 + 1) dog{isAt(x:$v)}}" }
        #expect(try validate("\(operations) \(fragments) fragment F300 on Query{cat{name}}").isEmpty)
        let subscriptions = repeated(300) { "subscription S\($0){...F0}" }
        let events = repeated(300) { "fragment F\($0) on Subscription{...F\($0 + 1) event}" }
        #expect(try validate("\(subscriptions) \(events) fragment F300 on Subscription{event}").isEmpty)
    }

    @Test("what cannot be compared in reasonable time is refused as too complex")
    func tooComplex() throws {
        // `c` means two things in fragments that the quick look takes for one, though they never meet.
        let fragments = repeated(1_000) { "fragment F\($0) on Dog{a\($0):name}" }
        let spreads = repeated(1_000) { "...F\($0)" }
        let found = try validate("{ dog { \(spreads) } a: dog { c: name ...F0 } b: dog { c: nickname ...F0 } } \(fragments)")
        #expect(found.map(\.code.number) == [3033])
    }

    @Test("selections that nest as deep as the parser allows are judged on a small stack")
    func deep() throws {
        func nested(_ field: String) -> String {
            String(repeating: "mother{", count: 125) + field + String(repeating: "}", count: 125)
        }
        #expect(try validate("{ dog { \(nested("name")) } dog { \(nested("n: name")) } }").isEmpty)
        #expect(try validate("{ dog { \(nested("n: name")) } dog { \(nested("n: nickname")) } }").map(\.code.number) == [3033])
        let list = String(repeating: "[", count: 125) + "1" + String(repeating: "]", count: 125)
        #expect(try validate("{ dog { isAt(x: \(list)) } }").map(\.code.number) == [3028])
    }

    @Test("a thousand mistakes are answered by a hundred errors and a last word")
    func manyErrors() throws {
        let found = try validate("{ dog { \(repeated(1_000) { "x\($0)" }) } }")
        #expect(found.count == 101)
        #expect(found.last?.message == "Too many validation errors, error limit reached. Validation aborted.")
    }

    @Test("long cycles of fragments end in few errors")
    func cycles() throws {
        let fragments = repeated(1_000) { "fragment F\($0) on Dog{mother{...F\(($0 + 1) % 1_000)} ...F0}" }
        let found = try validate("{ dog { ...F0 } } \(fragments)")
        #expect(found.allSatisfy { [3000, 3019, 3033].contains($0.code.number) })
        #expect(found.count < 100 && found.map(\.notes.count).reduce(0, +) < 3_000)
    }
}
