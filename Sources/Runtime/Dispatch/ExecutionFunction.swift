/// A query or mutation that a client sent. Its syntax is right; it has not been validated.
public struct GraphQLRequest: Sendable {
    /// What the operation is that is to be executed.
    public enum Operation: String, Sendable {
        case query
        case mutation
    }

    /// The document.
    public let query: String
    public let operation: Operation
    /// Which operation of the document is meant, where it has several.
    public let operationName: String?
    /// An object, as the client sent it: nothing is coerced. Nil where it sent none.
    public let variables: JSONValue?
    /// An object; nil where the client sent none.
    public let extensions: JSONValue?

    /// What a call of the kind `execute` asks for; nil for one of another kind.
    public init?(_ call: ResolverCall) {
        guard call.kind == .execute, let operation = Operation(rawValue: call.field), let sent = try? JSONDocument.parse(call.event).root,
            let query = sent["query"]?.string
        else { return nil }
        self.query = query
        self.operation = operation
        operationName = sent["operationName"]?.string
        variables = sent["variables"].flatMap { $0.isNull ? nil : $0 }
        extensions = sent["extensions"].flatMap { $0.isNull ? nil : $0 }
    }
}

extension SubscriptionExecutor {
    /// Lets a function execute queries and mutations, each in a task of its own, which is cancelled when nobody waits for it any more.
    /// It gets the claims, a JSON object, and returns a response, the JSON of `{"data":…,"errors":[…]}`.
    ///
    /// What it throws goes to `onError`, and clients are told no more than that the operation failed, unless it threw a `GraphQLError`:
    /// then they get its message.
    public func setExecution(
        onError: @escaping @Sendable (any Error) -> Void,
        _ execute: @escaping @Sendable (_ request: GraphQLRequest, _ claims: JSONValue?) async throws -> [UInt8]
    ) {
        setExecution(host: ExecutionTasks(execute: execute, onError: onError))
    }
}

/// Runs each execution in a task.
private final class ExecutionTasks: ResolverHost {
    private struct Running: Sendable {
        var tasks: [UInt64: Task<Void, Never>] = [:]
    }

    private let execute: @Sendable (GraphQLRequest, JSONValue?) async throws -> [UInt8]
    private let onError: @Sendable (any Error) -> Void
    /// Guards the tasks by the handles of their calls. A leaf among the locks.
    private let running = Guarded(Running())

    init(
        execute: @escaping @Sendable (GraphQLRequest, JSONValue?) async throws -> [UInt8], onError: @escaping @Sendable (any Error) -> Void
    ) {
        self.execute = execute
        self.onError = onError
    }

    func start(_ call: ResolverCall) {
        guard let request = GraphQLRequest(call) else { return }
        running.withLock { running in
            // It takes itself out, for which it waits until it is in.
            running.tasks[call.handle] = Task { [weak self] in
                await self?.run(call, request)
                self?.running.withLock { running in _ = running.tasks.removeValue(forKey: call.handle) }
            }
        }
        // Before the task was there nobody could cancel it.
        if call.isCancelled { changed(call) }
    }

    func changed(_ call: ResolverCall) {
        running.withLock { $0.tasks[call.handle] }?.cancel()
    }

    private func run(_ call: ResolverCall, _ request: GraphQLRequest) async {
        do {
            call.finish(try await execute(request, try call.claims.map { try JSONDocument.parse($0).root }))
        } catch let error as GraphQLError {
            call.fail(error.message)
        } catch {
            if !call.isCancelled { onError(error) }
            call.fail("The \(call.field) failed.")
        }
    }
}
