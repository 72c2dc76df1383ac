import CLibFuzzer
import Glibc
import GraphQLSchema
import SDLParser
import SubsgenRuntime

/// Any request of any subscriber: parsing, validating, coercing, deciding and planning come to an end, and a plan projects an event.
///
/// The input is a query and, after a NUL, its variables.
@main
enum FuzzOperations {
    static func main() {
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        var count = CommandLine.argc
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzz($0, $1) })
    }
}

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let parts = UnsafeBufferPointer(start: start, count: count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    let query = String(decoding: parts[0], as: UTF8.self)
    let variables = parts.count > 1 ? try? JSONDocument.parse(Array(parts[1])).root : nil
    compile(query, variables, Subscriber(), hasExecution: true)
    for subscriber in target.subscribers { compile(query, variables, subscriber, hasExecution: false) }
    return 0
}

private func compile(_ query: String, _ variables: JSONValue?, _ subscriber: Subscriber, hasExecution: Bool) {
    do throws(GraphQLErrors) {
        let compiled = try target.compiler.compile(
            query: query, operationName: nil, variables: variables, subscriber: subscriber, hasExecution: hasExecution)
        switch compiled {
        case .subscription(.denied(let denial)): precondition(!denial.errors.errors.isEmpty, "denied without a word")
        case .subscription(.undecided): preconditionFailure("the schema has no policies")
        case .subscription(.allowed(let request)):
            for event in target.events { expectJSON(request.projection.body(of: event)) }
            expectJSON(request.projection.body(failure: "no"))
            expectJSON(request.arguments)
        case .response(let body): expectJSON(body)
        case .execution: precondition(hasExecution, "executed by nobody")
        }
    } catch {
        precondition(!error.errors.isEmpty, "refused without a reason")
    }
}

private func expectJSON(_ bytes: [UInt8]) {
    precondition((try? JSONDocument.parse(bytes)) != nil, "no JSON: \(String(decoding: bytes, as: UTF8.self))")
}

private struct Target: Sendable {
    let compiler: OperationCompiler
    let events: [JSONValue]
    let subscribers: [Subscriber]
}

private let target: Target = {
    let parsed = Parser.parse(Source(name: "schema", text: schema))
    guard let schema = SchemaBuilder.build([parsed.tree]).schema, let table = SubscriptionModel.derive(from: schema).table else {
        preconditionFailure("the schema has mistakes")
    }
    let events = [
        #"{"id":"1","text":"t","room":"r","kind":"A","tags":["a",null],"author":{"id":"2","__typename":"User","name":"n"},"score":1.5}"#,
        #"{"id":null,"author":{"__typename":"Bot"},"replies":[{"id":"3"},null]}"#, "null", "[]",
    ]
    let claims = [nil, #"{"user_id":"1","roles":["a"]}"#, #"{"user_id":["1",2],"role":"b","scope":"s t"}"#]
    return Target(
        compiler: OperationCompiler(schema: schema, table: table), events: events.compactMap { try? JSONDocument.parse(Array($0.utf8)).root },
        subscribers: claims.map { Subscriber(claims: $0.flatMap { try? Claims(json: Array($0.utf8)) }) })
}()

private let schema = """
    type Query { hello(name: String = "you"): String }
    type Subscription {
      messageAdded(room: ID!, kind: Kind, tags: [String!], filter: Filter @resolverArgument): Message
      messages(room: ID): [Message!]!
      node(id: ID!): Node
      tick: Int!
      mine(user: ID @ownArgument(claim: "user_id"), by: By @resolverArgument): Message @authenticated
    }
    type Message implements Node {
      id: ID! room: ID! text(length: Int = 10): String kind: Kind! @requiresRole(roles: ["a"]) tags: [String] author: Author
      score: Float @requiresScopes(scopes: [["s", "t"]]) replies: [Message] user: ID
    }
    interface Node { id: ID! }
    type User implements Node @requiresRole(roles: ["b"]) { id: ID! name: String }
    type Bot implements Node { id: ID! owner: User }
    union Author = User | Bot
    enum Kind { A B C }
    input Filter { text: String = "x", kinds: [Kind!]! = [A], nested: Filter, one: One }
    input By { user: ID @ownArgument(claim: "user_id") kind: Kind = A and: [By!] one: Filter }
    input One @oneOf { a: Int b: String }
    """
