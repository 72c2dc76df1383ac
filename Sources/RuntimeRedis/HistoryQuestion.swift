import RemoteBus
import SubsgenRuntime

/// A question for what a topic had.
struct HistoryQuestion: Sendable {
    let topic: BusTopic
    let cursor: Cursor
    let limit: Int
    let completion: BusCompletion<BusHistory, BusHistoryError>

    /// The entry behind which to read; nil where the cursor is of another history, or another stream.
    func start(epoch: UInt64, partition: UInt64) -> StreamID? {
        cursor.epoch == epoch && cursor.partition == partition ? StreamID(sequence: cursor.sequence) : nil
    }

    func fail(_ health: BusHealth) { completion(.failure(health.historyError)) }

    /// Answers with a page that was read before `info` was.
    func answer(_ page: HistoryPage, _ info: StreamInfo?, _ error: String?) {
        guard let info else { return completion(.failure(.unavailable(error ?? "XINFO was answered with something else than what a stream is"))) }
        completion(page.result(of: self, info))
    }
}

/// What was read of a stream for a question.
struct HistoryPage: Sendable {
    private let epoch: UInt64
    private let stream: String
    private let entries: [(entry: BusHistory.Entry, cursor: Cursor)]
    /// The last entry that was read, of whatever topic.
    private let last: StreamID?
    private let isComplete: Bool
    private let isKnown: Bool
    private let error: String?

    /// Of a question whose cursor the stream never had.
    static func unknown(_ epoch: UInt64, _ stream: String) -> HistoryPage { HistoryPage(epoch, stream) }

    private init(_ epoch: UInt64, _ stream: String) {
        (self.epoch, self.stream) = (epoch, stream)
        (entries, last, isComplete, isKnown, error) = ([], nil, false, false, nil)
    }

    /// The reply to an XRANGE.
    init(_ reply: RedisReply, _ question: HistoryQuestion, _ epoch: UInt64, _ stream: String) {
        (self.epoch, self.stream) = (epoch, stream)
        isKnown = true
        error = reply.error
        let partition = StreamNames.number(of: stream)
        var found: [(entry: BusHistory.Entry, cursor: Cursor)] = []
        for entry in reply.entries where entry.isOf(question.topic.name) {
            guard let content = entry.content, let sequence = entry.id.sequence else { continue }
            let told: BusHistory.Entry =
                switch content {
                case .event(let payload, let attributes): .event(payload: Array(payload), attributes: attributes.map { Array($0) })
                case .end: .completed
                }
            found.append((told, Cursor(epoch: epoch, partition: partition, sequence: sequence)))
        }
        entries = found
        last = reply.element(reply.count - 1).flatMap { StreamEntry($0)?.id }
        isComplete = reply.count < question.limit
    }

    /// What the page is, given what the stream was behind the reading.
    func result(of question: HistoryQuestion, _ info: StreamInfo) -> Result<BusHistory, BusHistoryError> {
        if let error { return .failure(.unavailable(error)) }
        let asked = StreamID(sequence: question.cursor.sequence)
        guard isKnown, info.hasAll(after: asked) else { return .failure(.tooOld(oldest: cursor(info.oldest))) }
        let end = last.flatMap { cursor($0) } ?? question.cursor
        return .success(BusHistory(entries: entries, end: end, isComplete: isComplete))
    }

    private func cursor(_ id: StreamID) -> Cursor? {
        id.sequence.map { Cursor(epoch: epoch, partition: StreamNames.number(of: stream), sequence: $0) }
    }
}

extension StreamInfo {
    /// Whether nothing behind an entry was thrown away. A stream that was deleted, or lost with its server, had more than it has.
    func hasAll(after id: StreamID) -> Bool { id >= oldest && id <= last }

    /// The id behind which everything is there.
    var oldest: StreamID {
        if trimmed == 0 { return .zero }
        guard let first else { return last }
        return first.number > 0
            ? StreamID(milliseconds: first.milliseconds, number: first.number - 1)
            // Nothing in between: what a cursor can count is fewer.
            : StreamID(milliseconds: first.milliseconds &- 1, number: StreamID.numbers - 1)
    }
}
