import GraphQLSchema
import SDLParser
import Testing

@testable import SubsgenRuntime

/// Each rule on each path by which something can reach a subscriber: who meets it gets the value, and who does not gets no part of it.
@Suite("No rule can be gone around")
struct NegativeMatrixTests {
    enum Rule: String, CaseIterable, Sendable {
        case authenticated, scopes, role, policy, tenant, federation, row

        var access: [AccessRequirement] {
            switch self {
            case .authenticated: [.authenticated]
            case .scopes: [.scopes([["read", "list"], ["all"]])]
            case .role: [.roles(["staff", "admin"])]
            case .policy: [.policies([["p"]])]
            case .tenant, .federation, .row: []
            }
        }

        var events: [EventRule] {
            switch self {
            case .authenticated, .scopes, .role, .policy: []
            case .tenant: [.tenant(path: ["tenantId"], claim: "tenant_id")]
            case .federation: [.federation(path: ["federationId"], servicePath: ["serviceName"])]
            case .row: [.row(path: ["owner"], claim: "user_id")]
            }
        }

        /// Subscribers that meet it, or whose events are in `own`.
        var friends: [Subscriber] {
            get throws {
                switch self {
                case .authenticated: [try Self.subscriber(#"{"sub":"x"}"#)]
                case .scopes: try [#"{"scope":"list read"}"#, #"{"scopes":["all"]}"#].map { try Self.subscriber($0) }
                case .role: try [#"{"role":"staff"}"#, #"{"roles":["x","admin"]}"#].map { try Self.subscriber($0) }
                case .policy: [Subscriber(policies: ["p": true])]
                case .tenant: try [#"{"tenant_id":"7"}"#, #"{"tenant_id":7}"#, #"{"tenant_id":["1","7"]}"#].map { try Self.subscriber($0) }
                case .federation: try [#"{"federation_id":"7"}"#, #"{"service_name":"s"}"#].map { try Self.subscriber($0) }
                case .row: try [#"{"user_id":"7"}"#, #"{"user_id":["7"]}"#].map { try Self.subscriber($0) }
                }
            }
        }

        /// Subscribers that do not.
        var strangers: [Subscriber] {
            get throws {
                switch self {
                case .authenticated: [Subscriber(), try Self.subscriber("{}")]
                case .scopes: [Subscriber()] + (try [#"{"scope":"read"}"#, #"{"roles":["all"]}"#].map { try Self.subscriber($0) })
                case .role: [Subscriber()] + (try [#"{"role":"user"}"#, #"{"scope":"staff"}"#].map { try Self.subscriber($0) })
                case .policy: [Subscriber(), Subscriber(policies: ["p": false]), try Self.subscriber(#"{"policies":["p"]}"#)]
                case .tenant:
                    [Subscriber()]
                        + (try [#"{"tenant_id":"8"}"#, #"{"tenant_id":[]}"#, #"{"tenant_id":null}"#, #"{"user_id":"7"}"#].map { try Self.subscriber($0) })
                case .federation:
                    [Subscriber()] + (try [#"{"federation_id":"8","service_name":"t"}"#, #"{"tenant_id":"7"}"#].map { try Self.subscriber($0) })
                case .row: [Subscriber()] + (try [#"{"user_id":"8"}"#, #"{"sub":"7"}"#].map { try Self.subscriber($0) })
                }
            }
        }

        private static func subscriber(_ claims: String) throws -> Subscriber { Subscriber(claims: try Claims(json: Array(claims.utf8))) }
    }

    /// Where the rule stands, and what the subscriber asks for.
    struct Path: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The coordinate that the rule stands on.
        let rule: String
        let field: String
        let selection: String
        /// The event, around an item.
        let event: @Sendable (String) -> String
        /// Whether who does not meet the rule gets the event with a null in it, and no event at all otherwise.
        let masks: Bool

        init(_ name: String, on rule: String, _ field: String, _ selection: String, masks: Bool, _ event: @escaping @Sendable (String) -> String = { $0 }) {
            (testDescription, self.rule, self.field, self.selection, self.event, self.masks) = (name, rule, field, selection, event, masks)
        }
    }

    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { item: Item items: [Item] node: Node any: Any wrap: Wrap wraps: [Wrap] }
        interface Node { id: ID secret: String }
        union Any = Item | Wrap
        type Item implements Node { id: ID secret: String tenantId: ID federationId: ID serviceName: String owner: ID }
        type Wrap { item: Item items: [Item] node: Node any: Any wrap: Wrap }
        """

    /// The item of the friends of every rule.
    private static let own = #"{"__typename":"Item","id":"1","secret":"hush","tenantId":"7","federationId":7,"serviceName":"s","owner":"7"}"#

    static let paths: [Path] = [
        Path("a subscription field", on: "Subscription.item", "item", "secret", masks: false),
        Path("the type of a subscription field", on: "Item", "item", "secret", masks: false),
        Path("the interface of that type", on: "Node", "item", "secret", masks: false),
        Path("a list of events", on: "Subscription.items", "items", "secret", masks: false) { "[\($0)]" },
        Path("the type of a list of events", on: "Item", "items", "secret", masks: false) { "[\($0),\($0)]" },
        Path("an interface of events", on: "Node", "node", "secret", masks: false),
        Path("a nested field", on: "Wrap.item", "wrap", "item { secret }", masks: true) { #"{"item":\#($0)}"# },
        Path("a nested field by another name", on: "Wrap.item", "wrap", "a: item { b: secret }", masks: true) { #"{"item":\#($0)}"# },
        Path("a nested field in a fragment", on: "Wrap.item", "any", "... on Wrap { ... { item { secret } } }", masks: true) {
            #"{"__typename":"Wrap","item":\#($0)}"#
        },
        Path("the type of a nested field", on: "Item", "wrap", "wrap { item { secret } }", masks: true) { #"{"wrap":{"item":\#($0)}}"# },
        Path("a nested list", on: "Wrap.items", "wrap", "items { secret }", masks: true) { #"{"items":[\#($0)]}"# },
        Path("the type of a nested list", on: "Item", "wraps", "items { secret }", masks: true) { #"[{"items":[\#($0)]}]"# },
        Path("an interface of a nested value", on: "Node", "wrap", "node { secret }", masks: true) { #"{"node":\#($0)}"# },
        Path("a type of a nested interface", on: "Item", "wrap", "node { secret }", masks: true) { #"{"node":\#($0)}"# },
        Path("a member of a nested union", on: "Item", "wrap", "any { ... on Item { secret } }", masks: true) { #"{"any":\#($0)}"# },
    ]

    /// By which way a value comes to the field.
    enum Way: CaseIterable, Sendable { case event, initial, source, resolver }

    private let schema: Schema
    private let ruleless: DispatchTable

    init() throws {
        schema = try #require(SchemaBuilder.build([Parser.parse(Source(name: "schema", text: Self.sdl)).tree]).schema)
        ruleless = try #require(SubscriptionModel.derive(from: schema).table)
    }

    private func executor(_ secure: (inout DispatchTable) -> Void) throws -> SubscriptionExecutor {
        var table = ruleless
        secure(&table)
        return SubscriptionExecutor(schema: schema, table: table, bus: MemoryBus(), limits: RuntimeLimits())
    }

    /// What answers for the ways that need somebody.
    private let calls = Calls()

    private func executor(_ rule: Rule, _ path: Path) throws -> SubscriptionExecutor {
        try executor { table in
            let rules = ProtectionRules(access: rule.access, events: rule.events)
            if let dot = path.rule.firstIndex(of: ".") {
                let (type, name) = (String(path.rule[..<dot]), String(path.rule[path.rule.index(after: dot)...]))
                if type != "Subscription" { table.security.fields.append(FieldRules(type: type, name: name, rules: rules)) }
            } else {
                // An object type has the rules of its interfaces.
                for type in Set([path.rule, "Item"]) { table.security.types.append(TypeRules(type: type, rules: rules)) }
            }
            for index in table.fields.indices {
                let (name, type) = (table.fields[index].name, ["item": "Item", "items": "Item", "node": "Node"][table.fields[index].name])
                let isOfType = type == path.rule || (type == "Item" && path.rule == "Node")
                if path.rule == "Subscription.\(name)" || isOfType { table.fields[index].rules = rules }
            }
        }
    }

    /// What a subscriber gets of values that come one way: the code of each error that it is refused with, or results.
    private func results(_ executor: SubscriptionExecutor, _ path: Path, _ way: Way, _ subscriber: Subscriber) throws -> (refused: [String], results: [String]) {
        switch way {
        case .event: break
        case .initial: try executor.setResolver(field: path.field, FieldFunctions(initial: true), host: calls)
        case .source: try executor.setResolver(field: path.field, FieldFunctions(source: .perArguments), host: calls)
        case .resolver: try executor.setResolver(field: path.field, FieldFunctions(resolve: .perArguments), host: calls)
        }
        switch try executor.subscribe("subscription { \(path.field) { \(path.selection) } }", as: subscriber) {
        case .failure(let denial): return (denial.errors.errors.map { $0.extensions.map { String(decoding: $0, as: UTF8.self) } ?? "" }, [])
        case .success(let subscription):
            let event = path.event(Self.own)
            switch way {
            case .event: try executor.publish(path.field, event)
            case .initial: for call in calls.take() { call.finish(event) }
            case .source:
                // A source that is let go of has failed.
                let started = calls.take()
                for call in started { #expect(call.emit(Array(event.utf8))) }
                return withExtendedLifetime(started) { ([], subscription.drain()) }
            case .resolver:
                try executor.publish(path.field, event)
                for call in calls.take() { call.finish(event) }
            }
            return ([], subscription.drain())
        }
    }

    @Test("Who meets a rule gets what it protects", arguments: Rule.allCases, paths)
    func friends(rule: Rule, path: Path) throws {
        for way in Way.allCases {
            for friend in try rule.friends {
                let (refused, results) = try results(try executor(rule, path), path, way, friend)
                #expect(refused == [] && results.count == 1, "\(way)")
                #expect(results.allSatisfy { $0.contains("hush") && !$0.contains("errors") }, "\(way): \(results)")
            }
        }
    }

    @Test("Who does not gets nothing of it, whichever way it comes", arguments: Rule.allCases, paths)
    func strangers(rule: Rule, path: Path) throws {
        for way in Way.allCases {
            for stranger in try rule.strangers {
                let executor = try executor(rule, path)
                let (refused, results) = try results(executor, path, way, stranger)
                #expect(!results.contains { $0.contains("hush") }, "\(way): \(results)")
                if path.masks {
                    #expect(refused == [] && results.count == 1, "\(way)")
                    #expect(results.allSatisfy { $0.contains("null") && $0.contains(#""extensions":{"code":"FORBIDDEN"}"#) }, "\(way): \(results)")
                } else {
                    #expect(results == [], "\(way)")
                    if !rule.access.isEmpty {
                        #expect(refused == [#"{"code":"\#(rule == .authenticated ? "UNAUTHENTICATED" : "FORBIDDEN")"}"#], "\(way)")
                    }
                    let counted = DenialRule.allCases.reduce(0) { $0 + executor.metrics[$1.subscriptions] }
                    #expect(counted == refused.count, "\(way)")
                }
            }
        }
    }

    /// What a client hears over SSE of an event that it subscribes to.
    private func heard(_ rule: Rule, _ path: Path, _ subscriber: Subscriber, _ format: WireFormat) throws -> [String] {
        let executor = try executor(rule, path)
        let client = SessionClient(executor, as: format)
        client.session.authenticated(claims: subscriber.claims?.json)
        #expect(client.session.request("1", Array(#"{"query":"subscription { \#(path.field) { \#(path.selection) } }"}"#.utf8)) == nil)
        try executor.publish(path.field, path.event(Self.own))
        return client.heard().filter { $0.hasPrefix("event: next") }
    }

    @Test("Over SSE, too, who meets a rule gets what it protects", arguments: Rule.allCases.filter { $0 != .policy }, paths)
    func friendsOverSSE(rule: Rule, path: Path) throws {
        for format in [WireFormat.sse, .sseSingle] {
            for friend in try rule.friends {
                let heard = try heard(rule, path, friend, format)
                #expect(heard.count == 1 && heard.allSatisfy { $0.contains("hush") && !$0.contains("errors") }, "\(format): \(heard)")
            }
        }
    }

    @Test("Over SSE, too, who does not gets nothing of it", arguments: Rule.allCases, paths)
    func strangersOverSSE(rule: Rule, path: Path) throws {
        for format in [WireFormat.sse, .sseSingle] {
            for stranger in try rule.strangers {
                let heard = try heard(rule, path, stranger, format)
                #expect(!heard.contains { $0.contains("hush") }, "\(format): \(heard)")
                // A mask and a refusal are told; an event that is denied is not.
                let elsewhere = try results(try executor(rule, path), path, .event, stranger)
                #expect(heard.count == min(elsewhere.refused.count, 1) + elsewhere.results.count, "\(format): \(heard)")
                if path.masks { #expect(heard.count == 1, "\(format): \(heard)") }
                #expect(heard.allSatisfy { $0.contains("FORBIDDEN") || $0.contains("UNAUTHENTICATED") }, "\(format): \(heard)")
            }
        }
    }

    @Test("What one of several rules denies is denied: all must hold", arguments: Rule.allCases)
    func composition(rule: Rule) throws {
        for other in Rule.allCases where other != rule {
            let executor = try executor { table in
                table.fields[0].rules = ProtectionRules(access: rule.access + other.access, events: rule.events + other.events)
            }
            for stranger in try rule.strangers + other.strangers {
                #expect(try results(executor, Self.paths[0], .event, stranger).results == [], "\(other)")
            }
        }
    }
}
