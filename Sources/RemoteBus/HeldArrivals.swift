import SubsgenRuntime

/// Something that was read and goes to the runtime.
package struct Arrival {
    package enum Content {
        case event([UInt8], [UInt8]?)
        case end
        case notice([UInt8])
    }

    /// Empty for what belongs to none.
    package let topic: String
    package let content: Content
    package let cursor: Cursor?

    package init(topic: String, content: Content, cursor: Cursor?) {
        self.topic = topic
        self.content = content
        self.cursor = cursor
    }

    var size: Int { if case .event(let payload, let attributes) = content { payload.count + (attributes?.count ?? 0) + 256 } else { 256 } }
}

/// Gives arrivals to the runtime, and holds those of topics that have no room: others do not wait for them.
package struct HeldArrivals {
    /// How much may be held before nothing more is read.
    private static let bytesAtMost = 16 << 20
    private static let countAtMost = 10_000

    private let receiver: any BusReceiver
    private let mayGoOn: @Sendable (String) -> Void
    /// By topic what has no room, and what waits behind it.
    private var blocked: [String: (first: any BusArrival, others: Line<Arrival>)] = [:]
    private var bytes = 0
    private var count = 0

    /// `mayGoOn` is told a topic that may have room again, on any thread: it calls nothing back, but has `goOn` called by the thread that reads.
    package init(_ receiver: any BusReceiver, mayGoOn: @escaping @Sendable (String) -> Void) {
        self.receiver = receiver
        self.mayGoOn = mayGoOn
    }

    /// Whether no more should be read.
    package var isFull: Bool { count >= Self.countAtMost || bytes >= Self.bytesAtMost }

    /// Gives on an arrival, behind those of its topic.
    package mutating func give(_ arrival: Arrival) {
        if !blocked.isEmpty, blocked[arrival.topic] != nil {
            blocked[arrival.topic]?.others.append(arrival)
            count += 1
            bytes += arrival.size
        } else if let first = pass(arrival) {
            blocked[arrival.topic] = (first, Line())
        }
    }

    /// There may be room for a topic again.
    package mutating func goOn(_ topic: String) {
        guard let waiting = blocked[topic], waiting.first.deliver() else { return }
        var others = waiting.others
        blocked[topic] = nil
        while let arrival = others.popFirst() {
            count -= 1
            bytes -= arrival.size
            if let first = pass(arrival) {
                blocked[topic] = (first, others)
                return
            }
        }
    }

    private func pass(_ arrival: Arrival) -> (any BusArrival)? {
        switch (arrival.content, arrival.cursor) {
        case (.event(let payload, let attributes), .some(let cursor)):
            let (topic, mayGoOn) = (arrival.topic, mayGoOn)
            return receiver.receive(topic, payload: payload, attributes: attributes, cursor) { mayGoOn(topic) }
        case (.end, .some(let cursor)): receiver.receive(endOf: arrival.topic, cursor)
        case (.notice(let text), _): receiver.receive(notice: text)
        case (.event, nil), (.end, nil): break
        }
        return nil
    }
}
