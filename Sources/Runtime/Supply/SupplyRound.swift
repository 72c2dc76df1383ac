/// An event whose projections need what functions supply: it looks at the event, asks, and looks again, until all is there.
///
/// All projections of an event share a round, and so the calls: one for each function, arguments and, where it reads them, claims, made
/// for all objects that any of them found. What was supplied may hold objects with supplied fields of their own, which the next look
/// finds. A projection that has all it needs is delivered without waiting for the others.
final class SupplyRound: Sendable {
    /// Who is to get what a projection makes of the event.
    struct Target: Sendable {
        let projection: Projection
        /// Of the subscribers, where a function reads them.
        let claims: [UInt8]?
        let deliver: @Sendable (SharedBody) -> Void
    }

    /// A call to make, and the round's number for it.
    private struct Call: Sendable {
        let number: Int
        let field: Int
        let host: any ResolverHost
        let parents: [[UInt8]]
        let arguments: [UInt8]
        let claims: [UInt8]?
    }

    private struct UnitKey: Hashable {
        let projection: ObjectIdentifier
        let claims: [UInt8]?
    }

    /// One response in the making.
    private struct Unit {
        let projection: Projection
        let claims: [UInt8]?
        var targets: [Target]
        /// The calls that it waits for.
        var awaited: Set<Int> = []
    }

    private struct State {
        let values: SuppliedValues
        var units: [Unit]
    }

    private let event: JSONDocument
    private let cursor: Cursor?
    private let fields: [SuppliedField]
    private let gates: [CallGate]
    private let metrics: Metrics
    /// Guards what is there and what is waited for. Taken under no lock, and a leaf but for the supplier table.
    private let state: Guarded<State>

    /// A round for an event. Nothing is asked before `begin`.
    init(_ event: JSONDocument, at cursor: Cursor? = nil, for targets: [Target], _ context: DispatchContext) {
        self.event = event
        self.cursor = cursor
        // Not the context: it holds the hosts, which hold the calls, and those the round.
        fields = context.suppliedFields
        gates = context.suppliers.gates
        metrics = context.metrics
        var units: [Unit] = []
        var places: [UnitKey: Int] = [:]
        for target in targets {
            let key = UnitKey(projection: ObjectIdentifier(target.projection), claims: target.claims)
            if let place = places[key] {
                units[place].targets.append(target)
            } else {
                places[key] = units.count
                units.append(Unit(projection: target.projection, claims: target.claims, targets: [target]))
            }
        }
        state = Guarded(State(values: SuppliedValues(suppliers: context.suppliers), units: units))
    }

    /// Delivers what needs nothing, and asks for the rest. Called with no lock of a topic held.
    func begin() { advance(nil) }

    private func answer(_ number: Int, _ answer: SupplyAnswer) { advance((number, answer)) }

    /// Looks at the event for everyone who waits for nothing now.
    private func advance(_ answer: (number: Int, answer: SupplyAnswer)?) {
        let (delivered, calls) = state.withLock { state -> ([(Unit, SharedBody)], [Call]) in
            if let answer {
                guard state.values.answer(answer.number, answer.answer) else { return ([], []) }
                for place in state.units.indices { state.units[place].awaited.remove(answer.number) }
            }
            return Self.look(at: event, cursor, &state)
        }
        for (unit, body) in delivered {
            for target in unit.targets { target.deliver(body) }
        }
        if !delivered.isEmpty { event.origin?.trace?.reached(0) }
        for call in calls { start(call) }
    }

    private static func look(at event: JSONDocument, _ cursor: Cursor?, _ state: inout State) -> (delivered: [(Unit, SharedBody)], calls: [Call]) {
        var delivered: [(Unit, SharedBody)] = []
        var waiting: [Unit] = []
        for var unit in state.units {
            if unit.awaited.isEmpty {
                let (body, awaited) = state.values.look(for: unit.claims) { unit.projection.message(of: event.root, at: cursor, with: state.values) }
                if let body {
                    delivered.append((unit, body))
                    continue
                }
                unit.awaited = awaited
            }
            waiting.append(unit)
        }
        state.units = waiting
        let calls = state.values.takeWanted().map { batch in
            Call(
                number: batch.number, field: batch.field, host: batch.host, parents: batch.parents, arguments: batch.arguments,
                claims: batch.claims)
        }
        return (delivered, calls)
    }

    private func start(_ call: Call) {
        let (number, count, metrics) = (call.number, call.parents.count, metrics)
        let field = fields[call.field].coordinate
        ResolverCall(
            .field, field: field, event: Self.list(call.parents), arguments: call.arguments, claims: call.claims,
            attributes: event.origin?.attributes.bytes, host: call.host, gate: gates[call.field]
        ) { answer in
            let supplied: SupplyAnswer
            switch answer {
            case .event(let values): supplied = SupplyAnswer(values.root, count: count) ?? SupplyAnswer(failure: Self.noAnswer(field))
            case .failed(let message):
                metrics.add(.resolverErrors)
                supplied = SupplyAnswer(failure: message)
            case .skipped, .ended, .left: supplied = SupplyAnswer(failure: Self.noAnswer(field))
            }
            self.answer(number, supplied)
        }
        .begin(metrics)
    }

    private static func noAnswer(_ field: String) -> String { "The resolver of \"\(field)\" gave no value for each object." }

    private static func list(_ values: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for value in values { writer.raw(value) }
        writer.endArray()
        return writer.bytes
    }
}
