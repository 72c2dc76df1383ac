/// What functions have supplied to the objects of one event, and what is still to be asked of them.
///
/// Objects are told apart by their text: what was supplied to one holds for all that are written the same. Used by one thread at a
/// time, under the lock of its `SupplyRound`.
final class SuppliedValues {
    /// What became of one object's value.
    enum Outcome {
        case value(JSONValue)
        /// The error's message; nil where there is no function.
        case failed(String?)
        /// The number of the call whose answer is waited for.
        case awaited(Int)
    }

    /// Calls that can be one: of a function, with the same arguments, for the same claims where it reads them.
    private struct CallKey: Hashable {
        let key: SupplyKey
        let claims: [UInt8]?
    }

    /// A call and the objects that it is made for.
    struct Batch {
        let number: Int
        let field: Int
        let host: any ResolverHost
        let arguments: [UInt8]
        let claims: [UInt8]?
        fileprivate(set) var parents: [[UInt8]]
    }

    /// A function as an event sees it. Weak, as its host holds the calls, and they what this is part of.
    private struct Supplier {
        let sharing: FieldFunctions.Sharing
        weak var host: (any ResolverHost)?
    }

    /// Weak: it goes with the executor, and whoever asks then finds no function.
    private weak var suppliers: SupplierTable?
    /// The functions as they were when one was first needed: an event sees no change under way.
    private var known: [Int: Supplier?] = [:]
    private var outcomes: [CallKey: [[UInt8]: Outcome]] = [:]
    /// Calls that are to be made, by what makes them one.
    private var wanted: [CallKey: Batch] = [:]
    /// Calls that were made and have no answer, by their numbers.
    private var asked: [Int: (key: CallKey, parents: [[UInt8]])] = [:]
    private var lastNumber = 0
    /// The claims of those whom the projection under way is for.
    private var claims: [UInt8]?
    /// The calls that it waits for.
    private var awaited: Set<Int> = []

    init(suppliers: SupplierTable) {
        self.suppliers = suppliers
    }

    /// Lets a projection look at the event for subscribers of these claims, and says which calls it waits for.
    func look<Result>(for claims: [UInt8]?, _ body: () -> Result) -> (result: Result, awaited: Set<Int>) {
        self.claims = claims
        awaited = []
        let result = body()
        return (result, awaited)
    }

    /// The value of an object's field; where nobody has asked for it yet, it is noted.
    func value(of key: SupplyKey, for parent: [UInt8]) -> Outcome? {
        guard let supplier = supplier(of: key.field), let host = supplier.host else { return .failed(nil) }
        let call = CallKey(key: key, claims: supplier.sharing == .perClaims ? claims : nil)
        if let outcome = outcomes[call]?[parent] {
            if case .awaited(let number) = outcome { awaited.insert(number) }
            return outcome
        }
        let number = want(call, host, for: parent)
        awaited.insert(number)
        outcomes[call, default: [:]][parent] = .awaited(number)
        return .awaited(number)
    }

    private func supplier(of field: Int) -> Supplier? {
        if let supplier = known[field] { return supplier }
        let supplier = suppliers?[field].map { Supplier(sharing: $0.sharing, host: $0.host) }
        known[field] = .some(supplier)
        return supplier
    }

    private func want(_ call: CallKey, _ host: any ResolverHost, for parent: [UInt8]) -> Int {
        if let number = wanted[call]?.number {
            wanted[call]?.parents.append(parent)
            return number
        }
        lastNumber += 1
        wanted[call] = Batch(
            number: lastNumber, field: call.key.field, host: host, arguments: call.key.arguments, claims: call.claims, parents: [parent])
        return lastNumber
    }

    /// The calls to make for what was noted since the last ones, in the order in which they were first needed.
    func takeWanted() -> [Batch] {
        let batches = wanted.values.sorted { $0.number < $1.number }
        for (key, batch) in wanted { asked[batch.number] = (key, batch.parents) }
        wanted = [:]
        return batches
    }

    /// Notes the answer of a call; false where it has one.
    func answer(_ number: Int, _ answer: SupplyAnswer) -> Bool {
        guard let (key, parents) = asked.removeValue(forKey: number) else { return false }
        for (position, parent) in parents.enumerated() { outcomes[key]?[parent] = answer.outcome(at: position) }
        return true
    }

    /// Why a field has no value where no function is there to supply it.
    static func nobody(for coordinate: String) -> String { "No resolver supplies the field \"\(coordinate)\"." }
}

/// What a host answers the call of a function that supplies a field.
struct SupplyAnswer: Sendable {
    private let values: [JSONValue]
    private let errors: [Int: String]
    /// Told of every object whose value is not there.
    private let failure: String

    /// The call failed as a whole.
    init(failure: String) {
        values = []
        errors = [:]
        self.failure = failure
    }

    /// Reads `{"values":[…],"errors":[[2,"…"]]}`: a value for each object, in their order, and the messages of those that have an error
    /// instead. Nil where that is not what it is.
    init?(_ answer: JSONValue, count: Int) {
        guard let values = answer["values"], values.kind == .array, answer["errors"].map({ $0.kind == .array }) ?? true else { return nil }
        self.values = Array(values.elements)
        guard self.values.count == count else { return nil }
        var errors: [Int: String] = [:]
        for error in answer["errors"].map({ Array($0.elements) }) ?? [] {
            let parts = Array(error.elements)
            guard parts.count == 2, let position = parts[0].integer, let message = parts[1].string else { return nil }
            errors[position] = message
        }
        self.errors = errors
        failure = ""
    }

    fileprivate func outcome(at position: Int) -> SuppliedValues.Outcome {
        if let message = errors[position] { return .failed(message) }
        return position < values.count ? .value(values[position]) : .failed(failure)
    }
}
