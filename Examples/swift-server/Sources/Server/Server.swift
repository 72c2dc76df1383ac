import Foundation
import Logging
import ServiceLifecycle
import SubsgenRuntime
import SubsgenServer

// Message, SubscriptionResolvers and publishMessageAdded come out of schema.graphql, each time that it changes.

/// What the server decides: nobody is told of a message without text.
struct Resolvers: SubscriptionResolvers {
    var messageAdded: FieldResolver<Message, MessageAddedArguments> {
        .resolve { event, _ in event.text.isEmpty ? .skip : .event(event) }
    }
}

@main
enum Chat {
    static func main() async throws {
        let logger = Logger(label: "chat")
        // It keeps events, so that clients who were away can ask for what they missed.
        let executor = try SubscriptionExecutor(bus: MemoryBus(keepingEvents: 1000))
        try executor.setResolvers(Resolvers(), onError: { field, error in logger.error("\(field): \(error)") })

        var configuration = ServerConfiguration()
        configuration.port = ProcessInfo.processInfo.environment["PORT"].flatMap { Int($0) } ?? 8000
        let server = SubsgenServer.Server(executor: executor, configuration: configuration, delegate: Rooms(executor))

        let group = ServiceGroup(
            services: [ServerService(server: server, logger: logger)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}
