import GraphQLSchema
import Testing

@Suite("Filters of arguments")
struct FilterTests {
    @Test("compare by the operator that the directive writes; a list means IN and NOT_IN")
    func operators() throws {
        let table = try expectDerive(
            """
            type Subscription {
              e(
                a: Int @filter(op: NE) b: [Int] @filter(field: "a", op: NE) c: [Int] @filter(field: "a", op: NOT_IN) d: Float @filter(field: "a", op: LTE)
                f: Range @filter(field: "a", op: BETWEEN) s: String @filter(op: PREFIX) t: ID @filter(field: "s", op: CONTAINS) u: String @filter(field: "s", op: GT)
              ): E
            }
            type E { a: Int s: String } input Range { to: Int! from: Float }
            """)
        #expect(
            table?.fields[0].arguments.map(\.role) == [
                .filter(path: ["a"], operator: .notEqual), .filter(path: ["a"], operator: .isNotIn), .filter(path: ["a"], operator: .isNotIn),
                .filter(path: ["a"], operator: .lessThanOrEqual), .filter(path: ["a"], operator: .between), .filter(path: ["s"], operator: .prefix),
                .filter(path: ["s"], operator: .contains), .filter(path: ["s"], operator: .greaterThan),
            ])
        #expect(table?.inputFilters == [])
    }

    @Test("are refused where values have no order or no text, or the argument has another shape")
    func refused() throws {
        try expectDerive(
            """
            type Subscription {
              e(
                a: Date @filter(op: ①LT) b: ID @filter(op: ②GTE) c: Kind @filter(op: ③PREFIX) d: Int @filter(op: ④CONTAINS) e: Int @filter(field: "d", op: ⑤IN)
                f: [Int] @filter(field: "d", op: ⑥GT) g: Half @filter(field: "d", op: ⑦BETWEEN) h: Dates @filter(field: "a", op: ⑧BETWEEN)
              ): E
            }
            type E { a: Date b: ID c: Kind d: Int } scalar Date enum Kind { A } input Half { from: Int } input Dates { from: Date to: Date }
            """,
            [
                Expected(2020, at: "①", "@filter on \"e(a:)\" cannot compare: the values of Date have no order that subsgen knows."),
                Expected(2020, at: "②", "@filter on \"e(b:)\" cannot compare: the values of ID have no order that subsgen knows."),
                Expected(2020, at: "③", "@filter on \"e(c:)\" cannot compare: PREFIX looks at text, and Kind is none."),
                Expected(2020, at: "④", "@filter on \"e(d:)\" cannot compare: CONTAINS looks at text, and Int is none."),
                Expected(2022, at: "⑤", "@filter on \"e(e:)\" cannot compare: IN needs a list, and the argument is of type Int."),
                Expected(2022, at: "⑥", "@filter on \"e(f:)\" cannot compare: GT needs a single value, and the argument is of type [Int]."),
                Expected(
                    2022, at: "⑦",
                    "@filter on \"e(g:)\" cannot compare: BETWEEN needs an input type with the fields \"from\" and \"to\", and the argument is of type Half."),
                Expected(2020, at: "⑧", "@filter on \"e(h:)\" cannot compare: the values of Date have no order that subsgen knows."),
            ])
    }

    @Test("say nothing of the brace of a topic where they are no EQ")
    func braces() throws {
        let table = try expectDerive(
            #"type Subscription { e(a: Int! @filter(op: GT)): E @topic(name: "e.{a}") f(a: Float!): E @topic(name: "f.{a}") } type E { a: Int! }"#)
        #expect(table?.fields[0].arguments == [SubscriptionArgument(name: "a", type: "Int!", role: .filter(path: ["a"], operator: .greaterThan))])
        #expect(table?.fields[1].arguments[0].publishPath == nil)
    }
}

@Suite("Filters of input types")
struct InputFilterTests {
    @Test("compose: fields by their names and directives, objects by their fields, and, or and not by their names")
    func composed() throws {
        let table = try expectDerive(
            """
            type Subscription { e(where: Where, o: Inner, at: Inner @filter(field: "o.o")): E f(by: Inner): [O!]! }
            type E { a: Int s: [String] o: O } type O { id: ID o: O }
            input Where { a: Int s: [String!] b: Range @filter(field: "a", op: BETWEEN) o: Inner p: Inner @filter(field: "o.o") and: [Where!] or: [Other] not: Where }
            input Other { a: Int @filter(op: NE) not: [Where] } input Inner { id: ID or: [Inner] } input Range { from: Int to: Int }
            """)
        #expect(
            table?.fields.map { $0.arguments.map(\.role) } == [
                [.composed(path: [], filter: 0), .composed(path: ["o"], filter: 1), .composed(path: ["o", "o"], filter: 1)],
                [.composed(path: [], filter: 1)],
            ])
        #expect(
            table?.inputFilters == [
                InputFilter(
                    type: "Where", payload: "E",
                    fields: [
                        InputFilterField(name: "a", role: .filter(path: ["a"], operator: .equal)),
                        InputFilterField(name: "s", role: .filter(path: ["s"], operator: .isIn)),
                        InputFilterField(name: "b", role: .filter(path: ["a"], operator: .between)),
                        InputFilterField(name: "o", role: .composed(path: ["o"], filter: 1)),
                        InputFilterField(name: "p", role: .composed(path: ["o", "o"], filter: 1)),
                        InputFilterField(name: "and", role: .and(0)), InputFilterField(name: "or", role: .or(2)),
                        InputFilterField(name: "not", role: .not(0)),
                    ]),
                InputFilter(
                    type: "Inner", payload: "O",
                    fields: [
                        InputFilterField(name: "id", role: .filter(path: ["id"], operator: .equal)), InputFilterField(name: "or", role: .or(1)),
                    ]),
                InputFilter(
                    type: "Other", payload: "E",
                    fields: [
                        InputFilterField(name: "a", role: .filter(path: ["a"], operator: .notEqual)), InputFilterField(name: "not", role: .not(0)),
                    ]),
            ])
    }

    @Test("warn of fields that select nothing; of a type whose fields all do, once")
    func undecided() throws {
        let table = try expectDerive(
            """
            type Subscription { e(where: Where, ①none: None, ②list: [Where], ③union: Where @resolverArgument): E f(④where: Where): U }
            type E { a: Int secret: Int @internal } type F { a: Int } union U = E | F
            input Where { a: Int ⑤limit: Int ⑥secret: Int ⑦AND: [Where] ⑧a2: Range } input None { x: Int none: None } input Range { from: Int to: Int }
            """,
            [
                Expected(
                    .warning, 2030, at: "①",
                    "Argument \"e(none:)\" selects no events: no field of None selects by a field of E. Subscriptions that give it are refused."),
                Expected(
                    .warning, 2030, at: "②",
                    "Argument \"e(list:)\" selects no events: a list of input objects is compared with no field, unless it is named \"and\", \"or\" or \"not\" "
                        + "in an input type. Subscriptions that give it are refused."),
                Expected(
                    .warning, 2030, at: "④",
                    "Argument \"f(where:)\" selects no events: no field of Where selects by a field of U. Subscriptions that give it are refused."),
                Expected(
                    .warning, 2030, at: "⑤", "Input field \"Where.limit\" selects no events: E has no field \"limit\". Subscriptions that give it are refused."),
                Expected(
                    .warning, 2030, at: "⑥",
                    "Input field \"Where.secret\" selects no events: E.secret is @internal, which takes an explicit @filter. Subscriptions that give it are "
                        + "refused."),
                Expected(
                    .warning, 2030, at: "⑦",
                    "Input field \"Where.AND\" selects no events: a list of input objects is compared with no field, unless it is named \"and\", \"or\" or "
                        + "\"not\" in an input type. Subscriptions that give it are refused."),
                Expected(.warning, 2030, at: "⑧", "Input field \"Where.a2\" selects no events: E has no field \"a2\". Subscriptions that give it are refused."),
            ])
        #expect(table?.fields[0].arguments.map(\.role) == [.composed(path: [], filter: 0), .undecided, .undecided, .resolver])
        #expect(table?.inputFilters.map(\.type) == ["Where"])
    }

    @Test("are refused where a directive on a field leads nowhere, or joins and selects at once")
    func refused() throws {
        try expectDerive(
            """
            type Subscription { e(where: Where, by: Empty ①@filter, at: Where @filter(field: ②"a")): E }
            type E { a: Int b: B } type B { c: ID }
            input Where { a: String ③@filter b: Int @filter(field: ④"c") or: [Where] ⑤@filter(field: "b") c: Int @filter(field: "b.c", op: ⑥LT) }
            input Empty { z: Int }
            """,
            [
                Expected(2022, at: "①", "@filter on \"e(by:)\" cannot compare: no field of Empty selects by a field of E."),
                Expected(2022, at: "②", "@filter on \"e(at:)\" cannot compare: \"a\" is of type Int, of which Where can say nothing."),
                Expected(2022, at: "③", "@filter on \"Where.a\" cannot compare: \"a\" is of type Int and the argument of type String."),
                Expected(2021, at: "④", "@filter on \"Where.b\" reaches no field: E has no field \"c\". Did you mean \"a\" or \"b\"?"),
                Expected(2023, at: "⑤", "Input field \"Where.or\" cannot have @filter, because it joins conditions, as its name says."),
                Expected(2020, at: "⑥", "@filter on \"Where.c\" cannot compare: the values of ID have no order that subsgen knows."),
            ])
    }

    @Test("@filter is refused on the fields of types that no subscription filters by")
    func unused() throws {
        try expectDerive(
            """
            type Query { find(by: A): Int } type Subscription { e(b: B @resolverArgument, c: C): E } type E { a: Int }
            input A { a: Int ①@filter } input B { a: Int ②@filter(op: NE) } input C { a: Int @filter(op: NE) }
            """,
            [
                Expected(2024, at: "①", "@filter on the input field A.a selects nothing: no subscription filters by A."),
                Expected(2024, at: "②", "@filter on the input field B.a selects nothing: no subscription filters by B."),
            ])
    }

    @Test("follow long chains of types")
    func chains() throws {
        let chain = (0..<5000).map { "input I\($0) { a: Int o: I\($0 + 1) } type E\($0) { a: Int o: E\($0 + 1) }" }.joined(separator: "\n")
        let table = try expectDerive("type Subscription { e(where: I0): E0 } \(chain) input I5000 { a: Int } type E5000 { a: Int }")
        #expect(table?.inputFilters.count == 5001)
    }
}
