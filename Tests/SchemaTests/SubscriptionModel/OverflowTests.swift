import GraphQLSchema
import Testing

@Suite("@overflow")
struct OverflowTests {
    @Test("Says what becomes of messages that a client is too slow for; a field without it ends the subscription at the runtime's limit")
    func rules() throws {
        let table = try expectDerive(
            """
            type Subscription {
              a: Tick
              b: Tick @overflow
              c: Tick @overflow(policy: DROP_OLDEST, capacity: 10)
              d: Tick @overflow(policy: DROP_NEWEST)
              e: Tick @overflow(policy: LATEST)
              f: Tick @overflow(policy: LATEST, capacity: 7, key: "by.id")
              g: Tick @overflow(capacity: 3, key: null)
            }
            type Tick { n: Int by: User @internal } type User { id: ID! } type Query { ok: Int }
            """)
        #expect(
            table?.fields.map(\.overflow) == [
                OverflowRule(), OverflowRule(), OverflowRule(policy: .dropOldest, capacity: 10), OverflowRule(policy: .dropNewest),
                OverflowRule(policy: .latest), OverflowRule(policy: .latest, capacity: 7, key: ["by", "id"]), OverflowRule(capacity: 3),
            ])
    }

    @Test("Is refused where it cannot hold")
    func mistakes() throws {
        try expectDerive(
            """
            type Subscription {
              a: Tick @overflow(capacity: ①0)
              b: Tick @overflow(policy: DROP_OLDEST, key: ②"n")
              c: Tick @overflow(policy: LATEST, key: ③"m")
              d: Tick @overflow(policy: LATEST, key: ④"by")
              e: Tick @overflow(policy: LATEST, key: ⑤"tags")
              f: [Tick] @overflow(policy: LATEST, key: ⑥"n")
              g: Tick @overflow(policy: LATEST, key: ⑦"by..id")
            }
            type Tick { n: Int by: User tags: [String] at: Int ⑧@overflow } type User { id: ID! } type Query { ok: Int }
            """,
            [
                Expected(2026, at: "①", "@overflow(capacity:) on \"a\" must be positive: how many messages may wait."),
                Expected(
                    2026, at: "②", "@overflow(key:) on \"b\" has no meaning with DROP_OLDEST: only LATEST keeps one message for each key."),
                Expected(2026, at: "③", "@overflow(key:) on \"c\" reaches no field: Tick has no field \"m\". Did you mean \"n\"?"),
                Expected(2026, at: "④", "@overflow(key:) on \"d\" must lead to a scalar or an enum; \"by\" is of type User."),
                Expected(2026, at: "⑤", "@overflow(key:) on \"e\" must lead to one value; \"tags\" has several, for there is a list on the way."),
                Expected(2026, at: "⑥", "@overflow(key:) on \"f\" must lead to one value; \"n\" has several, for there is a list on the way."),
                Expected(
                    2026, at: "⑦", "@overflow(key:) on \"g\" must be the name of a payload field, or several with dots between them."),
                Expected(2011, at: "⑧", "@overflow has no meaning on Tick.at: it is for fields of the subscription root type."),
            ])
    }
}
