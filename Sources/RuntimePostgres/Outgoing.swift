import RemoteBus
import SubsgenRuntime

/// Something on its way to PostgreSQL.
struct Outgoing: Sendable {
    enum Content: Sendable {
        case event(topic: String, payload: [UInt8], attributes: [UInt8]?)
        case end(topic: String)
        case notice([UInt8])
    }

    let content: Content
    /// When its publisher is told that PostgreSQL did not take it.
    let due: Instant
    /// Told once what became of it; nil when that was done.
    var completion: BusCompletion<Cursor, PublishError>?

    /// How many bytes it has, about.
    var size: Int { topic.utf8.count + (payload?.count ?? 0) + (attributes?.count ?? 0) }

    /// Empty for a notice, as in the outbox.
    var topic: String {
        switch content {
        case .event(let topic, _, _), .end(let topic): topic
        case .notice: ""
        }
    }

    var payload: [UInt8]? {
        switch content {
        case .event(_, let payload, _), .notice(let payload): payload
        case .end: nil
        }
    }

    var attributes: [UInt8]? { if case .event(_, _, let attributes) = content { attributes } else { nil } }
}

/// What is published in one transaction: all of it is there, or none.
struct Batch: Sendable {
    /// By this it is found again.
    let number: Int64
    /// In their order. Those whose publishers were told something have no completion.
    var entries: [Outgoing]

    static let statement = PostgresStatement(
        name: "subsgen_publish",
        text: "select p.partition, p.place, b.epoch from subsgen.bus as b, subsgen.publish_batch($1, $2, $3, $4) with ordinality as p(partition, place, number) order by number")

    /// Where those of a batch are that came behind places that are known, by partition.
    static let search = PostgresStatement(
        name: "subsgen_search",
        text: """
            select o.partition, o.place, b.epoch, o.topic from subsgen.bus as b, unnest($2::bigint[]) with ordinality as known(place, number)
            join lateral (select partition, place, topic from subsgen.outbox where partition = number - 1 and place > known.place and batch = $1) as o on true
            order by o.partition, o.place
            """)

    var publishing: PostgresStatement {
        Self.statement(
            .integer(number), .texts(entries.map { Array($0.topic.utf8) }), .texts(entries.map(\.payload)), .texts(entries.map(\.attributes)))
    }
}
