import SubsgenRuntime

/// Something on its way to Redis.
struct Outgoing: Sendable {
    enum Content: Sendable {
        case event(BusTopic, payload: [UInt8], attributes: [UInt8]?)
        case end(BusTopic)
        case notice([UInt8])
    }

    let content: Content
    /// When its publisher is told that Redis did not take it.
    let due: ContinuousClock.Instant
    /// Told once what became of it; nil when that was done, or nobody wants to know.
    var completion: BusCompletion<Cursor, PublishError>?

    /// How many bytes it has, about.
    var size: Int {
        switch content {
        case .event(let topic, let payload, let attributes): topic.name.utf8.count + payload.count + (attributes?.count ?? 0)
        case .end(let topic): topic.name.utf8.count
        case .notice(let text): text.count
        }
    }

    func stream(_ names: StreamNames) -> String {
        switch content {
        case .event(let topic, _, _), .end(let topic): names.stream(of: topic)
        case .notice: names.control
        }
    }

    /// The command that adds it to its stream, which keeps about so many entries. `origin` tells its publisher and which of his it is.
    func command(stream: String, keeping count: Int, origin: String) -> RedisCommand {
        switch content {
        case .event(let topic, let payload, let attributes):
            var command = Self.command(fields: attributes == nil ? 3 : 4, stream, count, room: payload.count + 256)
            command.append("topic")
            command.append(topic.name)
            command.append("payload")
            command.append(payload)
            if let attributes {
                command.append("attributes")
                command.append(attributes)
            }
            command.append("from")
            command.append(origin)
            return command
        case .end(let topic):
            var command = Self.command(fields: 3, stream, count, room: 256)
            for word in ["topic", topic.name, "end", "1", "from", origin] { command.append(word) }
            return command
        case .notice(let text):
            var command = Self.command(fields: 2, stream, count, room: text.count + 256)
            command.append("notice")
            command.append(text)
            command.append("from")
            command.append(origin)
            return command
        }
    }

    private static func command(fields: Int, _ stream: String, _ count: Int, room: Int) -> RedisCommand {
        var command = RedisCommand(words: 6 + 2 * fields, room: room)
        for word in ["XADD", stream, "MAXLEN", "~"] { command.append(word) }
        command.append(count)
        command.append("*")
        return command
    }
}
