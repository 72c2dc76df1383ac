import SubsgenRuntime

/// A stream that is published to, for one thread. What is said of it with each entry is worked out once.
final class PublishedStream {
    let name: String
    /// What cursors call it.
    let number: UInt64
    /// What each command begins with that adds an entry, behind the number of its words.
    let beginning: [UInt8]
    /// The last entry of ours that it is known to have.
    var known: StreamID?

    /// The stream keeps about so many entries.
    fileprivate init(_ name: String, keeping count: Int) {
        self.name = name
        number = StreamNames.number(of: name)
        beginning = RedisCommand.encoded("XADD", name, "MAXLEN", "~", String(count), "*")
    }

    /// How many words `beginning` is.
    static let words = 6
}

/// The streams that a publisher adds to.
struct PublishedStreams {
    /// How many entries the stream of notices keeps.
    private static let notices = 1000

    private let eventsPerStream: Int
    let names: StreamNames
    private let control: PublishedStream
    /// For each template its partitions, in order.
    private var ofTemplates: [String: [PublishedStream]] = [:]

    /// `former` are those of the connection before this one: what they know is kept, where they are still used.
    init(_ names: StreamNames, eventsPerStream: Int, former: PublishedStreams?) {
        self.names = names
        self.eventsPerStream = eventsPerStream
        control = former?.control ?? PublishedStream(names.control, keeping: Self.notices)
        if let former, former.names.partitions == names.partitions { ofTemplates = former.ofTemplates }
    }

    /// Where something belongs.
    mutating func stream(of content: Outgoing.Content) -> PublishedStream {
        switch content {
        case .event(let topic, _, _), .end(let topic):
            let streams = streams(of: topic.template)
            return streams.count == 1 ? streams[0] : streams[names.partition(of: topic.name.utf8)]
        case .notice: return control
        }
    }

    private mutating func streams(of template: String) -> [PublishedStream] {
        if let known = ofTemplates[template] { return known }
        let made = names.streams(template: template).map { PublishedStream($0, keeping: eventsPerStream) }
        ofTemplates[template] = made
        return made
    }
}

/// What tells an entry from those of other publishers, and from the others of its own.
struct EntryOrigin: Sendable {
    let publisher: String
    let number: UInt64

    /// As the entry says it.
    var text: String { "\(publisher):\(number)" }
}
