import GraphQLSchema
import Testing

@Suite("Input objects and default values")
struct InputTests {
    @Test("an input object does not hold itself through non-null fields")
    func cycles() {
        expectBuild(
            "input A { ①b: B! self: A list: [A!]! } input B { ②c: C! x: Int } input C { ③a: A! }",
            [
                Expected(
                    1022, at: "①", "Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"b.c.a\".",
                    notes: ["②", "③"])
            ])
        expectBuild(
            "input A { ①a: A! }",
            [Expected(1022, at: "①", "Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"a\".")])
        expectBuild("input A { b: B! b2: B! } input B { a: A }", [])
    }

    @Test("two cycles through one type are two mistakes")
    func twoCycles() {
        expectBuild(
            "input A { ①b: B! ②c: C! } input B { ③a: A! } input C { ④a: A! }",
            [
                Expected(
                    1022, at: "①", "Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"b.a\".",
                    notes: ["③"]),
                Expected(
                    1022, at: "②", "Cannot reference Input Object \"A\" within itself through a series of non-null fields: \"c.a\".",
                    notes: ["④"]),
            ])
    }

    @Test("a chain of thirty thousand input objects is followed without running out of stack")
    func longChain() {
        let chain = (0..<30_000).map { "input I\($0) { next: I\($0 + 1)! }" }.joined(separator: "\n")
        expectBuild(chain + "\ninput I30000 { end: Int }", [])
    }

    @Test("default values are completed without coming back to themselves")
    func defaultCycles() {
        expectBuild(
            "input A { ①b: B = {} } input B { ②a: A = {} }",
            [
                Expected(
                    1023, at: "①", "Invalid circular reference. The default value of Input Object field A.b references itself.",
                    notes: ["②"])
            ])
        expectBuild(
            "input A { ①a: A = {} list: [A] = [] }",
            [Expected(1023, at: "①", "Invalid circular reference. The default value of Input Object field A.a references itself.")])
        expectBuild("input A { a: A = {a: null} list: [A] = [{a: null, list: []}] }", [])
        expectBuild("input A { b: B = {a: {b: {a: null}}} } input B { a: A = {b: null} }", [])
    }

    @Test("a long chain of default values is refused instead of exhausting the stack")
    func longDefaultChain() {
        let chain = (0..<5_000).map { "input I\($0) { next: I\($0 + 1) = {} }" }.joined(separator: "\n")
        let result = SchemaBuilder.build(parse([chain + "\ninput I5000 { end: Int }"]))
        #expect(result.schema == nil)
        #expect(result.diagnostics.contains { $0.code.number == 1023 && $0.message.contains("more than 200 other default values") })
    }

    @Test("fields of a oneOf input object are nullable and have no default")
    func oneOf() {
        expectBuild(
            "input In @oneOf { a: ①Int! b: Int = ②1 c: [Int!] }",
            [
                Expected(1019, at: "①", "OneOf input field In.a must be nullable."),
                Expected(1019, at: "②", "OneOf input field In.b cannot have a default value."),
            ])
    }

    @Test("what is required cannot be deprecated")
    func deprecated() {
        expectBuild(
            """
            type Query { a(x: Int! ①@deprecated, y: Int! = 1 @deprecated, z: Int @deprecated): Int }
            input In { a: Int! ②@deprecated }
            directive @d(x: Int! ③@deprecated) on OBJECT
            """,
            [
                Expected(1020, at: "①", "Required argument Query.a(x:) cannot be deprecated."),
                Expected(1020, at: "②", "Required input field In.a cannot be deprecated."),
                Expected(1020, at: "③", "Required argument @d(x:) cannot be deprecated."),
            ])
    }

    @Test("a default value fits its type, wherever it stands")
    func defaultValues() {
        expectBuild(
            """
            type Query { a(x: Int = ①"1", y: [Int!] = [1, ②null], z: Int! = ③null): Int }
            input In { e: E = ④C, in: In = {⑤o: 1, in: null} }
            enum E { A B }
            directive @d(x: Boolean = ⑥1) on OBJECT
            """,
            [
                Expected(1021, at: "①", "Int cannot represent non-integer value: \"1\""),
                Expected(1021, at: "②", "Expected value of type \"Int!\", found null."),
                Expected(1021, at: "③", "Expected value of type \"Int!\", found null."),
                Expected(1021, at: "④", "Value \"C\" does not exist in \"E\" enum. Did you mean the enum value \"A\" or \"B\"?"),
                Expected(1021, at: "⑤", "Field \"o\" is not defined by type \"In\". Did you mean \"e\"?"),
                Expected(1021, at: "⑥", "Boolean cannot represent a non boolean value: 1"),
            ])
    }

    @Test("a field of an input object is given once, in defaults and in arguments of directives, at any depth and of any type")
    func uniqueInputFields() {
        expectBuild(
            """
            type Query { a(x: Any = [{ in: { ①b: 1, c: 2, ②b: 1 } }]): Int @any(value: { ③d: 1, ④d: 2 }) }
            scalar Any
            directive @any(value: Any) on FIELD_DEFINITION
            """,
            [
                Expected(1037, at: "②", "There can be only one input field named \"b\".", notes: ["①"]),
                Expected(1037, at: "④", "There can be only one input field named \"d\".", notes: ["③"]),
            ])
    }
}
