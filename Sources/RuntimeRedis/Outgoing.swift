import RemoteBus
import SubsgenRuntime

/// Something on its way to Redis.
struct Outgoing: Sendable {
    /// In one place, so that what waits is moved by moving a pointer.
    indirect enum Content: Sendable {
        case event(BusTopic, payload: [UInt8], attributes: [UInt8]?)
        case end(BusTopic)
        case notice([UInt8])
    }

    let content: Content
    /// When its publisher is told that Redis did not take it.
    let due: Instant
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

    /// The command that adds it to its stream.
    func command(to stream: PublishedStream, _ origin: EntryOrigin) -> RedisCommand {
        switch content {
        case .event(let topic, let payload, let attributes):
            var command = Self.command(fields: attributes == nil ? 3 : 4, stream, room: topic.name.utf8.count + payload.count + (attributes?.count ?? 0))
            command.append(encoded: Self.topic)
            command.append(topic.name)
            command.append(encoded: Self.payload)
            command.append(payload)
            if let attributes {
                command.append("attributes")
                command.append(attributes)
            }
            return Self.from(origin, command)
        case .end(let topic):
            var command = Self.command(fields: 3, stream, room: topic.name.utf8.count)
            for word in ["topic", topic.name, "end", "1"] { command.append(word) }
            return Self.from(origin, command)
        case .notice(let text):
            var command = Self.command(fields: 2, stream, room: text.count)
            command.append("notice")
            command.append(text)
            return Self.from(origin, command)
        }
    }

    private static let topic = RedisCommand.encoded("topic")
    private static let payload = RedisCommand.encoded("payload")
    private static let from = RedisCommand.encoded("from")
    /// What the numbers and the names of fields take beside what is said, at most.
    private static let frame = 192

    private static func command(fields: Int, _ stream: PublishedStream, room: Int) -> RedisCommand {
        var command = RedisCommand(words: PublishedStream.words + 2 * fields, room: stream.beginning.count + room + frame)
        command.append(encoded: stream.beginning)
        return command
    }

    private static func from(_ origin: EntryOrigin, _ command: consuming RedisCommand) -> RedisCommand {
        command.append(encoded: from)
        command.append(origin.publisher, origin.number)
        return command
    }
}
