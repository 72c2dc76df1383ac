import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("Rights to filter")
struct ArgumentRightsTests {
    private let executor: SubscriptionExecutor
    private static let refusal = [
        #"{"message":"You may not subscribe to \"order\".","locations":[{"line":1,"column":32}],"path":["order"],"extensions":{"code":"FORBIDDEN"}}"#
    ]

    init() throws {
        executor = try secured(
            """
            type Subscription { order(total: Int, where: Where, preset: Where = {margin: 1}): Order }
            type Order { id: ID total: Int margin: Int buyer: User }
            type User { email: String name: String }
            input Where { id: ID margin: Int floor: Int = 3 @filter(field: "margin", op: GTE) buyer: By and: [Where!] or: [Where!] not: Where }
            input By { email: String name: String }
            """
        ) { table in
            table.argument("order", "total") { $0.access = [.roles(["staff"])] }
            for name in ["margin", "floor"] { table.protectInput("Where", name, .roles(["staff"])) }
            table.protectInput("By", "email", .roles(["staff"]))
        }
    }

    @Test(
        "Who may not see a field may not select events by it, however deep it stands, as a literal or a variable",
        arguments: [
            "total: 1", "where: {margin: 1}", "where: {floor: 4}", "where: {buyer: {email: \"x\"}}", "where: {and: [{id: 1}, {margin: 1}]}",
            "where: {or: [{buyer: {email: \"x\"}}]}", "where: {not: {margin: 1}}", "where: {not: {not: {floor: 1}}}", "preset: {margin: 1}",
            "where: {margin: $n}", "total: $n",
        ])
    func denied(arguments: String) throws {
        let definition = arguments.contains("$n") ? "($n: Int)" : "         "
        let query = "subscription S\(definition)      { order(\(arguments)) { id } }"
        let variables = #"{"n":2}"#
        #expect(try executor.refusal(query, variables: variables, claims: #"{"sub":"a"}"#) == Self.refusal)
        #expect(executor.metrics[.subscriptionsWithoutRole] == 1)
        #expect(try executor.refusal(query, variables: variables, claims: #"{"roles":["staff"]}"#) == [])
    }

    @Test(
        "What restricts nothing, or is the schema's own default, needs no rights",
        arguments: [
            "where: {id: 1, buyer: {name: \"x\"}}", "total: null", "where: {margin: null, buyer: {email: null}}", "where: {floor: 3}", "total: $n",
            "where: {margin: $n}", "where: {and: [], not: null}", "where: null",
        ])
    func allowed(arguments: String) throws {
        let query = "subscription\(arguments.contains("$n") ? "($n: Int)" : "") { order(\(arguments)) { id } }"
        #expect(try executor.refusal(query) == [])
        #expect(try executor.refusal("subscription { order { id } }") == [])
    }
}
