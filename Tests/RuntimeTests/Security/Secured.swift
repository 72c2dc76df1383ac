import GraphQLSchema
import SDLParser
import Testing

@testable import SubsgenRuntime

/// A runtime whose rules a test sets by hand: `secure` changes the dispatch table that the schema gives.
func secured(
    _ sdl: String, limits: RuntimeLimits = RuntimeLimits(), clock: MonotonicClock = .system, _ secure: (inout DispatchTable) -> Void
) throws -> SubscriptionExecutor {
    let built = SchemaBuilder.build([Parser.parse(Source(name: "schema", text: sdl)).tree])
    let schema = try #require(built.schema, "\(built.diagnostics.map(\.message))")
    let derived = SubscriptionModel.derive(from: schema)
    var table = try #require(derived.table, "\(derived.diagnostics.map(\.message))")
    secure(&table)
    return SubscriptionExecutor(schema: schema, table: table, bus: MemoryBus(), limits: limits, clock: clock)
}

extension DispatchTable {
    /// Protects `Type` or `Type.field`; of the subscription root type, the field with all that it returns.
    mutating func protect(_ coordinate: String, _ access: AccessRequirement..., events: [EventRule] = []) {
        let parts = coordinate.split(separator: ".").map(String.init)
        let rules = ProtectionRules(access: access, events: events)
        if parts.count == 1 {
            security.types.append(TypeRules(type: parts[0], rules: rules))
        } else if parts[0] == "Subscription", let field = fields.firstIndex(where: { $0.name == parts[1] }) {
            fields[field].rules.access += access
            fields[field].rules.events += events
        } else {
            security.fields.append(FieldRules(type: parts[0], name: parts[1], rules: rules))
        }
    }
}

extension SubscriptionExecutor {
    /// Each error that a subscription is refused with, as JSON; empty where it may begin.
    func refusal(_ query: String, variables: String? = nil, claims: String? = nil) throws -> [String] {
        do throws(GraphQLErrors) {
            _ = try subscribe(query: query, variables: variables.map { Array($0.utf8) }, claims: claims.map { Array($0.utf8) })
            return []
        } catch {
            return error.errors.map { error in
                var writer = JSONWriter()
                error.write(into: &writer)
                return String(decoding: writer.bytes, as: UTF8.self)
            }
        }
    }

    /// What a subscriber gets of one event.
    func response(to event: String, on topic: String, _ query: String, claims: String? = nil) throws -> [String] {
        let subscription = try subscribe(query, claims: claims)
        try publish(topic, event)
        return subscription.drain()
    }
}

extension DispatchTable {
    /// Changes an argument of a subscription field.
    mutating func argument(_ field: String, _ argument: String, _ change: (inout SubscriptionArgument) -> Void) {
        guard let field = fields.firstIndex(where: { $0.name == field }),
            let argument = fields[field].arguments.firstIndex(where: { $0.name == argument })
        else {
            Issue.record("there is no argument \(field)(\(argument):)")
            return
        }
        change(&fields[field].arguments[argument])
    }

    /// Makes a field of an input type require something of who gives it.
    mutating func protectInput(_ type: String, _ name: String, _ access: AccessRequirement...) {
        for filter in inputFilters.indices where inputFilters[filter].type == type {
            for field in inputFilters[filter].fields.indices where inputFilters[filter].fields[field].name == name {
                inputFilters[filter].fields[field].access += access
            }
        }
    }
}

extension SubscriptionExecutor {
    /// Lets somebody subscribe of whom policies are known; tells why not.
    func subscribe(_ query: String, as subscriber: Subscriber) throws -> Result<PulledSubscription, SubscriptionDenial> {
        let compiled = try compiler.compile(query: query, operationName: nil, variables: nil, subscriber: subscriber)
        guard case .subscription(let decision) = compiled else { throw GraphQLErrors(GraphQLError("not a subscription")) }
        switch try request(decision, for: subscriber) {
        case .failure(let denial): return .failure(denial)
        case .success(let request):
            let subscription = try PulledSubscription(executor: self, id: "", claims: subscriber.claims, waker: {})
            subscription.open(request, claims: subscriber.claims)
            return .success(subscription)
        }
    }
}
