/// The operations of one connection by their ids, from the client's asking to their end.
///
/// A ticket names an operation until it is answered. It is void when the operation was taken out, also where another one has its id by then.
struct OperationTable<Subscription: AnyObject & Sendable, Execution: AnyObject & Sendable>: Sendable {
    private enum Operation: Sendable {
        /// It has no answer yet. The number tells it from a later one with the same id.
        case pending(serial: UInt64, Awaited)
        case running(Subscription)
    }

    /// What the answer to the client waits for.
    private enum Awaited: Sendable {
        case compilation
        /// Somebody decides whether the subscription may start.
        case permission(Subscription)
        /// Somebody executes the query or mutation.
        case execution(Execution)
    }

    /// Names one operation until it is answered.
    struct Ticket: Sendable {
        let id: OperationID
        fileprivate let serial: UInt64
        /// What a subscription is to go on after; nothing of the table's.
        var resumption: Resumption?
    }

    /// What is to be stopped, for nobody wants it any more.
    enum Stopping: Sendable {
        case running(Subscription)
        /// It has not started: whether it may is being decided, and need not be any more.
        case opening(Subscription)
        /// Its result is of no use any more.
        case executing(Execution)
    }

    private var operations: [OperationID: Operation] = [:]
    private var lastSerial: UInt64 = 0
    /// How many of the operations are being executed.
    private(set) var executing = 0

    var isEmpty: Bool { operations.isEmpty }

    /// Whether there has been an operation, whatever became of it.
    var hasHadOne: Bool { lastSerial > 0 }

    /// Whether an operation has the id.
    func has(_ id: OperationID) -> Bool { operations[id] != nil }

    /// Takes an operation in that is to be compiled. Its id is free.
    mutating func add(_ id: OperationID) -> Ticket {
        lastSerial &+= 1
        operations[id] = .pending(serial: lastSerial, .compilation)
        return Ticket(id: id, serial: lastSerial)
    }

    /// Whether somebody still waits for the answer.
    func isValid(_ ticket: Ticket) -> Bool {
        switch operations[ticket.id] {
        case .pending(let serial, _): serial == ticket.serial
        case .running, nil: false
        }
    }

    // MARK: Steps, each for a ticket that is valid

    /// Somebody decides whether the subscription may start.
    mutating func ask(about subscription: Subscription, for ticket: Ticket) {
        operations[ticket.id] = .pending(serial: ticket.serial, .permission(subscription))
    }

    /// Somebody executes it.
    mutating func execute(_ execution: Execution, for ticket: Ticket) {
        executing += 1
        operations[ticket.id] = .pending(serial: ticket.serial, .execution(execution))
    }

    /// The subscription runs. Its ticket is void now.
    mutating func start(_ subscription: Subscription, for ticket: Ticket) {
        operations[ticket.id] = .running(subscription)
    }

    // MARK: What runs

    var running: [Subscription] {
        operations.values.compactMap { if case .running(let subscription) = $0 { subscription } else { nil } }
    }

    func running(_ id: OperationID) -> Subscription? {
        if case .running(let subscription)? = operations[id] { subscription } else { nil }
    }

    /// Another subscription goes on in the place of the one that runs under the id.
    mutating func replace(by successor: Subscription, _ id: OperationID) {
        operations[id] = .running(successor)
    }

    // MARK: The end

    /// Takes an operation out; its id is free again. Returns what is to be stopped: nothing where it is being compiled, or there is none.
    @discardableResult
    mutating func remove(_ id: OperationID) -> Stopping? {
        guard let operation = operations.removeValue(forKey: id) else { return nil }
        if case .pending(_, .execution) = operation { executing -= 1 }
        return Self.stopping(operation)
    }

    /// Takes out all that may be cut off in peace: what runs, and what has not started. What is being compiled or executed stays.
    mutating func removeSubscriptions() -> [(id: OperationID, stopping: Stopping)] {
        let found = all.filter { if case .executing = $0.stopping { false } else { true } }
        for (id, _) in found { remove(id) }
        return found
    }

    /// Takes out everything.
    mutating func removeAll() -> [(id: OperationID, stopping: Stopping)] {
        defer {
            operations = [:]
            executing = 0
        }
        return all
    }

    private var all: [(id: OperationID, stopping: Stopping)] {
        operations.compactMap { id, operation in Self.stopping(operation).map { (id, $0) } }
    }

    private static func stopping(_ operation: Operation) -> Stopping? {
        switch operation {
        case .running(let subscription): .running(subscription)
        case .pending(_, .permission(let subscription)): .opening(subscription)
        case .pending(_, .execution(let execution)): .executing(execution)
        case .pending(_, .compilation): nil
        }
    }
}
