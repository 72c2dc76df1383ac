import SDLParser

/// Who executes queries and mutations, or does something else for a runtime as a whole; if anybody does.
final class ExecutionHost: Sendable {
    private struct Content: Sendable {
        var host: (any ResolverHost)?
    }

    /// Guards the host. A leaf: no other lock is taken under it.
    private let content = Guarded(Content())

    var host: (any ResolverHost)? {
        get { content.withLock { $0.host } }
        set { content.withLock { $0.host = newValue } }
    }
}

/// A query or mutation that is being executed.
final class Execution: Sendable {
    private struct Content: Sendable {
        weak var call: ResolverCall?
    }

    /// Guards the call. Weak: the host holds it, and one that it throws away has failed.
    private let content = Guarded(Content())

    func keep(_ call: ResolverCall) {
        content.withLock { $0.call = call }
    }

    /// Nobody waits for the result any more.
    func cancel() {
        content.withLock { $0.call }?.cancel()
    }
}

extension SubscriptionExecutor {
    /// Lets a host execute queries and mutations, in place of the one that did: each is a `ResolverCall` of the kind `execute`. The host
    /// validates them against a schema of its own. Queries about the schema alone are answered without it.
    ///
    /// Where there is no host any more, as between two event loops, every query and mutation fails. Before this is called they are
    /// refused as what this server does not answer.
    public func setExecution(host: (any ResolverHost)?) {
        execution.host = host ?? ResolverTable.Nobody()
    }

    /// Whether queries and mutations go to a host.
    var hasExecution: Bool { execution.host != nil }

    /// Bounds the executions of a connection, so that a client which completes what it starts cannot have more than others.
    func executionGate() -> CallGate { CallGate(limit: context.limits.executions, context.metrics) }

    /// Makes the call that executes an operation; `request` is what the client sent, a JSON object. `answer` is called once, on any
    /// thread, unless the call is cancelled.
    func execute(
        _ type: OperationType, _ request: [UInt8], claims: [UInt8]?, for subscriber: ResolverCall.Subscriber, _ gate: CallGate,
        answer: @escaping @Sendable (ExecutionResult) -> Void
    ) -> ResolverCall {
        context.metrics.add(.operationsExecuted)
        return ResolverCall(
            .execute, field: type.keyword, event: request, arguments: Array("{}".utf8), claims: claims, subscriber: subscriber,
            host: execution.host ?? ResolverTable.Nobody(), gate: gate
        ) { [metrics = context.metrics, limit = context.limits.operation.responseBytes] given in
            do throws(ExecutionFailure) {
                answer(try Self.result(given, of: type, limit))
            } catch {
                metrics.add(.resolverErrors)
                answer(ExecutionResult(GraphQLErrors(GraphQLError(error.message))))
            }
        }
    }

    private struct ExecutionFailure: Error {
        let message: String
    }

    private static func result(
        _ answer: ResolverAnswer, of type: OperationType, _ limit: Int
    ) throws(ExecutionFailure) -> ExecutionResult {
        switch answer {
        case .event(let response):
            guard response.bytes.count <= limit else {
                throw ExecutionFailure(message: "The result of the \(type.keyword) has more bytes than the limit of \(limit).")
            }
            do throws(ExecutionResult.Malformed) {
                return try ExecutionResult(response.root)
            } catch {
                throw ExecutionFailure(message: "The result of the \(type.keyword) is no GraphQL response: it \(error.reason).")
            }
        case .failed(let message): throw ExecutionFailure(message: message)
        case .skipped, .ended, .left: throw ExecutionFailure(message: "The \(type.keyword) gave no result.")
        }
    }
}
