import SubsgenRuntime
import SubsgenServer

/// What the application answers itself: `POST /rooms/ID` posts the text that is its body.
final class Rooms: ServerDelegate {
    private let executor: SubscriptionExecutor

    init(_ executor: SubscriptionExecutor) { self.executor = executor }

    func respond(to exchange: ServerExchange) {
        let request = exchange.request
        let path = request.path.split(separator: "/")
        guard path.count == 2, path[0] == "rooms" else { return exchange.refuse(status: 404, "There is nothing here.") }
        guard request.method == "POST" else { return exchange.refuse(status: 405, headers: [("allow", "POST")], "Messages are posted.") }
        // A page of another site can make a browser post a text.
        guard request.isAllowed() else { return exchange.refuse(status: 403, "Forbidden") }
        read(exchange, room: String(path[1]), [])
    }

    private func read(_ exchange: ServerExchange, room: String, _ text: [UInt8]) {
        exchange.read { part in
            switch part {
            case .part(let more): self.read(exchange, room: room, text + more)
            case .end: self.post(String(decoding: text, as: UTF8.self), room, exchange)
            case .tooLarge: exchange.refuse(status: 413, "A message has a megabyte at most.")
            case .gone: break
            }
        }
    }

    private func post(_ text: String, _ room: String, _ exchange: ServerExchange) {
        let id = "\(UInt64.random(in: 1...UInt64.max))"
        do {
            try executor.publishMessageAdded(Message(id: ID(id), roomId: ID(room), text: text))
            exchange.respond(status: 201, headers: [("content-type", "text/plain; charset=utf-8")], body: Array(id.utf8))
        } catch {
            exchange.refuse(status: 503, "The message cannot be told now.")
        }
    }
}
