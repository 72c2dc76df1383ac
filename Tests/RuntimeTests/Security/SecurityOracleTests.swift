import Foundation
import GraphQLSchema
import Testing

@testable import SubsgenRuntime

/// Random rules, subscribers and events: each decision of the runtime is compared with a direct reading of the rules, and each execution
/// that subscribers share with one of their own.
///
/// `SECURITY_TRIPLES=1000000` tries so many triples of rules, claims and event in place of the few that are tried always.
@Suite("Rules, against a direct reading of them")
struct SecurityOracleTests {
    /// A subscriber with its subscription.
    private struct Client {
        let reader: RuleReading.Reader
        let root: (name: String, type: RuleReading.ShapeType)
        let picks: [RuleReading.Pick]
        let query: String
        /// What its arguments let through.
        let filter: @Sendable (JSONModel) -> Bool
        /// The runtime's view of the reader.
        let subscriber: Subscriber

        func subscribe(_ executor: SubscriptionExecutor) throws -> PulledSubscription? {
            if case .success(let subscription) = try executor.subscribe(query, as: subscriber) { subscription } else { nil }
        }
    }

    private static func executor(_ schema: Schema, _ rules: RandomRules) -> SubscriptionExecutor {
        SubscriptionExecutor(schema: schema, table: rules.table, bus: MemoryBus(), limits: RuntimeLimits())
    }

    /// What the runtime counted, by the name of the rule.
    private static func refusals(_ executor: SubscriptionExecutor) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: DenialRule.allCases.map { ($0.rawValue, executor.metrics[$0.subscriptions]) }.filter { $0.1 != 0 })
    }

    private static func deniedPairs(_ executor: SubscriptionExecutor) -> [String: Int] {
        let pairs: [(String, Metric)] = [("tenant", .deniedTenant), ("federation", .deniedFederation), ("row", .deniedRow)]
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0.0, executor.metrics[$0.1]) }.filter { $0.1 != 0 })
    }

    private static let triples = ProcessInfo.processInfo.environment["SECURITY_TRIPLES"].flatMap { Int($0) } ?? 4000

    /// What is looked for until it has been seen: rare ones are what rules are about.
    private static let outcomes: Set<String> = [
        "denied by tenant", "denied by federation", "denied by row", "filtered", "shown whole", "masked", "refused by authenticated", "refused by scopes",
        "refused by role", "refused by policy", "refused by tenant", "refused by row",
    ]

    @Test("Who may subscribe, who gets an event, and what is null in it are as the rules say")
    func oracle() throws {
        let (schema, ruleless) = try RandomRules.ruleless()
        let first = UInt64.random(in: .min ... .max)
        print("security oracle: seed \(first)")
        var seen: [String: Int] = [:]
        var done = 0
        var seed = first
        while done < Self.triples || !Self.outcomes.isSubset(of: seen.keys) {
            try #require(done < 50 * Self.triples, "seed \(first): not every outcome was seen: \(seen)")
            defer { seed &+= 1 }
            var rules = RandomRules(seed: seed, ruleless: ruleless)
            let executor = Self.executor(schema, rules)
            var refused: [String: Int] = [:]
            var running: [(client: Client, subscription: PulledSubscription)] = []
            for _ in 0..<30 {
                let client = try client(&rules)
                let expected = rules.reading.opening(client.root.name, returning: client.root.type.name, client.reader)
                let subscription = try client.subscribe(executor)
                let begins = expected == .begins
                #expect(begins == (subscription != nil), "seed \(seed): \(client.query) by \(client.reader) is \(expected)")
                if case .refused(let rule) = expected { refused[rule, default: 0] += 1 }
                if let subscription { running.append((client, subscription)) }
            }
            #expect(refused == Self.refusals(executor), "seed \(seed)")
            var denied: [String: Int] = [:]
            for root in RandomRules.roots {
                for _ in 0..<8 {
                    let event = rules.event(root.type)
                    let text = rules.text(event)
                    try executor.publish(root.name, text)
                    for (client, subscription) in running where client.root.name == root.name {
                        let results = subscription.drain()
                        let outcome = rules.reading.outcome(
                            root.name, root.type, client.picks, of: event, client.reader, passes: client.filter(event))
                        if case .denied(let kind) = outcome { denied[kind, default: 0] += 1 }
                        if let mistake = try Self.mistake(in: results, outcome, &seen) {
                            Issue.record(
                                "seed \(seed): \(mistake)\n\(client.query)\nby \(client.reader)\naccess \(rules.reading.access)\nevents \(rules.reading.events)\nevent \(text)\nresults \(results)")
                            return
                        }
                        done += 1
                    }
                }
            }
            #expect(denied == Self.deniedPairs(executor), "seed \(seed)")
            for (rule, count) in refused { seen["refused by \(rule)", default: 0] += count }
        }
        print("security oracle: \(seen.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))")
    }

    @Test("Nobody gets a byte that an execution of its own would not give")
    func sharing() throws {
        let (schema, ruleless) = try RandomRules.ruleless()
        let first = UInt64.random(in: 0 ..< .max / 2)
        print("shared executions: seed \(first)")
        var (shared, compared) = (0, 0)
        var seed = first
        while seed < first &+ UInt64(max(3, Self.triples / 20_000)) || shared <= 10 || compared <= 500 {
            defer { seed &+= 1 }
            try #require(seed < first &+ 1000, "seed \(first): \(shared) of \(compared)")
            var rules = RandomRules(seed: seed, ruleless: ruleless)
            let together = Self.executor(schema, rules)
            // Few operations for many subscribers, so that they meet.
            var models: [Client] = []
            for _ in 0..<3 { models.append(try client(&rules)) }
            var pairs: [(alone: SubscriptionExecutor, own: PulledSubscription, common: PulledSubscription, client: Client)] = []
            for index in 0..<30 {
                let client = try client(&rules, like: models[index % 3])
                let alone = Self.executor(schema, rules)
                let (own, common) = (try client.subscribe(alone), try client.subscribe(together))
                #expect((own == nil) == (common == nil), "seed \(seed): \(client.query) by \(client.reader)")
                if let own, let common { pairs.append((alone, own, common, client)) }
            }
            for root in Set(models.map(\.root.name)).sorted() {
                guard let type = RandomRules.roots.first(where: { $0.name == root })?.type else { continue }
                for _ in 0..<6 {
                    let event = rules.text(rules.event(type))
                    try together.publish(root, event)
                    var bodies: [String: Int] = [:]
                    for pair in pairs {
                        // Nobody reads other topics there.
                        if pair.client.root.name == root { try pair.alone.publish(root, event) }
                        let (own, common) = (pair.own.drain(), pair.common.drain())
                        #expect(own == common, "seed \(seed): \(pair.client.query) by \(pair.client.reader) of \(event)")
                        compared += 1
                        for body in common { bodies[body, default: 0] += 1 }
                    }
                    shared += bodies.values.count { $0 > 1 }
                }
            }
        }
    }

    // MARK: Comparing

    /// What is wrong with what a subscriber got of one event; nil where nothing is.
    private static func mistake(in results: [String], _ outcome: RuleReading.Outcome, _ seen: inout [String: Int]) throws -> String? {
        switch outcome {
        case .denied(let kind):
            seen["denied by \(kind)", default: 0] += 1
            return results.isEmpty ? nil : "denied by \(kind)"
        case .filtered:
            seen["filtered", default: 0] += 1
            return results.isEmpty ? nil : "filtered"
        case .shown(let data, let masked):
            seen[masked.isEmpty ? "shown whole" : "masked", default: 0] += 1
            guard results.count == 1 else { return "\(data) is to be shown" }
            let result = JSONModel(try json(results[0]))
            guard result["data"] == data else { return "the data are to be \(data)" }
            var errors: [[String]] = []
            if case .array(let elements) = result["errors"] ?? .null {
                for error in elements {
                    guard error["extensions"]?["code"] == .string("FORBIDDEN"), case .array(let path) = error["path"] else { return "an error of another kind" }
                    errors.append(path.map { if case .string(let text) = $0 { text } else if case .number(let text) = $0 { text } else { "" } })
                }
            }
            if Set(errors).count != errors.count || !Set(errors).isSubset(of: masked) { return "masked are \(masked)" }
            // Where null climbed further, one error beneath is enough.
            let missing = masked.first { path in
                let place = path.prefix(nullAt(path[...], in: data))
                return !errors.contains { place.count == path.count ? $0 == path : $0.starts(with: place) }
            }
            return missing.map { "\($0) is masked without an error" }
        }
    }

    /// After how many steps a path comes to null.
    private static func nullAt(_ path: ArraySlice<String>, in value: JSONModel) -> Int {
        guard let step = path.first, value != .null else { return 0 }
        if case .array(let elements) = value, let index = Int(step), elements.indices.contains(index) {
            return 1 + nullAt(path.dropFirst(), in: elements[index])
        }
        return value[step].map { 1 + nullAt(path.dropFirst(), in: $0) } ?? 0
    }

    // MARK: Clients

    private func client(_ rules: inout RandomRules) throws -> Client {
        let root = RandomRules.roots[Int.random(in: 0..<RandomRules.roots.count, using: &rules.random)]
        let picks = rules.picks(root.type.name, depth: 2)
        var arguments = ""
        var filter: @Sendable (JSONModel) -> Bool = { _ in true }
        let isFiltered = Bool.random(using: &rules.random)
        if isFiltered, root.name == "one" {
            arguments = "(min: 1)"
            filter = { if case .number(let text) = $0["code"] { text != "0" } else { false } }
        } else if isFiltered, root.name == "many" {
            arguments = "(tag: \"eu\")"
            filter = { RuleReading.values(at: ["tag"], in: $0).contains(.string("eu")) }
        }
        return try client(&rules, root, picks, "subscription { \(root.name)\(arguments)\(RandomRules.text(picks)) }", filter)
    }

    private func client(_ rules: inout RandomRules, like other: Client) throws -> Client {
        try client(&rules, other.root, other.picks, other.query, other.filter)
    }

    private func client(
        _ rules: inout RandomRules, _ root: (name: String, type: RuleReading.ShapeType), _ picks: [RuleReading.Pick], _ query: String,
        _ filter: @escaping @Sendable (JSONModel) -> Bool
    ) throws -> Client {
        let reader = rules.reader()
        let claims = try reader.claims.map { try Claims(json: Array($0.text(using: &rules.random).utf8)) }
        return Client(
            reader: reader, root: root, picks: picks, query: query, filter: filter, subscriber: Subscriber(claims: claims, policies: reader.policies))
    }
}
