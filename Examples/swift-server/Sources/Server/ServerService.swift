import Logging
import ServiceLifecycle
import SubsgenServer

/// The server as a service of a `ServiceGroup`, beside others of the application.
struct ServerService: Service {
    let server: SubsgenServer.Server
    let logger: Logger

    func run() async throws {
        let address = try await server.start()
        logger.info("listening at \(address)")
        do {
            try await gracefulShutdown()
            // Takes no new clients; what waits for those there are goes out, and their subscriptions are completed.
            await server.drain(within: 20)
        } catch {
            logger.warning("cancelled: closing at once")
        }
        await server.stop()
    }
}
