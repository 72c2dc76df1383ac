import RemoteBus
import SubsgenRuntime

/// What a reader asks, and how it is answered.
enum PostgresReading {
    /// How many events of a partition are read at once, and how many bytes, but for the first.
    static let batch = 256
    private static let bytes = 4 << 20

    static let listen = PostgresStatement(name: "subsgen_listen", text: "listen subsgen")

    /// Behind which place of which partition transactions publish that are not over. The numbers are those of `subsgen.begin_publishing`; the locks are read
    /// before the last place that was taken, behind which none of them stands.
    static let locks = PostgresStatement(
        name: "subsgen_locks",
        text: """
            select partition, last - ((last - low) & 4294967295)
            from (
                select classid::bigint - 1937072640 as partition, objid::bigint as low,
                    coalesce(pg_sequence_last_value(b.places[(classid::bigint - 1937072640 + 1)::integer]), 0) as last
                from pg_catalog.pg_locks, subsgen.bus as b
                where locktype = 'advisory' and objsubid = 2 and classid::bigint between 1937072640 and 1937072640 + cardinality(b.places) - 1
                    and database = (select oid from pg_catalog.pg_database where datname = current_database()) offset 0) as locks
            """)

    /// By partition, the least of these places.
    static func locks(of result: PostgresResult) -> [Int: Int64] {
        var least: [Int: Int64] = [:]
        for row in 0..<result.count {
            guard let number = result.integer(row, 0), let place = result.integer(row, 1) else { continue }
            least[Int(number)] = min(least[Int(number)] ?? .max, place)
        }
        return least
    }

    static let beginning = PostgresStatement(
        name: "subsgen_beginning",
        text: """
            select s.pruned, coalesce(pg_sequence_last_value(b.places[s.partition + 1]), 0),
                case when w.position < 0 then (
                    select place from subsgen.outbox where partition = s.partition and published_at < w.instant order by place desc limit 1) end,
                (select published_at from subsgen.outbox where partition = s.partition and place = w.position)
            from subsgen.bus as b, subsgen.partitions as s
            join unnest($1::bigint[], $2::timestamptz[]) with ordinality as w(position, instant, number) on w.number = s.partition + 1
            order by s.partition
            """)

    /// What a partition has.
    struct Place {
        let pruned: Int64
        /// The last place that was taken.
        let last: Int64
        /// The last one before an instant.
        let before: Int64?
        /// When the event at the place that was asked for was published.
        let stamp: Int64?

        init(_ result: PostgresResult, _ row: Int) {
            pruned = result.integer(row, 0) ?? 0
            last = result.integer(row, 1) ?? 0
            before = result.integer(row, 2)
            stamp = result.integer(row, 3)
        }
    }

    static let renew = PostgresStatement(name: "subsgen_renew", text: "select subsgen.renew($1)")

    /// What nobody can hear is read without what it says.
    static let events = PostgresStatement(
        name: "subsgen_read",
        text: """
            select s.partition, b.epoch, s.pruned, e.place, e.published_at, case when h.heard then e.topic end,
                case when h.heard then e.payload end, case when h.heard then e.attributes end, e.bytes
            from unnest($1::bigint[], $2::bigint[]) as w(partition, position)
            join subsgen.partitions as s on s.partition = w.partition
            cross join subsgen.bus as b
            left join lateral (
                select * from (
                    select *, sum(size) over (order by place) as bytes from (
                        select place, published_at, topic, payload, attributes, size from subsgen.outbox
                        where partition = s.partition and place > w.position order by place limit \(batch)) as ahead) as counted
                where bytes - size < \(bytes)) as e on true
            cross join lateral (select e.topic = '' or e.topic like any($3::text[]) as heard) as h
            order by s.partition, e.place
            """)

    /// The pattern of `like` for the topics of a template: anything may be in its braces.
    static func pattern(template: String) -> [UInt8] {
        var pattern: [UInt8] = []
        var isInBraces = false
        for byte in template.utf8 {
            switch byte {
            case UInt8(ascii: "{"): isInBraces = true
            case UInt8(ascii: "}"):
                isInBraces = false
                pattern.append(UInt8(ascii: "%"))
            case UInt8(ascii: "%"), UInt8(ascii: "_"), UInt8(ascii: "\\"):
                if !isInBraces { pattern += [UInt8(ascii: "\\"), byte] }
            default: if !isInBraces { pattern.append(byte) }
            }
        }
        return pattern
    }

    /// A row of what was read, whose bytes stay in the result.
    struct Row {
        private let result: PostgresResult
        private let row: Int

        init(_ result: PostgresResult, _ row: Int) { (self.result, self.row) = (result, row) }

        var partition: Int? { result.integer(row, 0).map { Int($0) } }
        var epoch: UInt64? { result.integer(row, 1).map { UInt64(bitPattern: $0) } }
        var pruned: Int64? { result.integer(row, 2) }
        /// Nil where there is no event.
        var place: Int64? { result.integer(row, 3) }
        /// When it was published.
        var stamp: Int64? { result.integer(row, 4) }
        /// How many bytes it has with those before it.
        private var bytes: Int64? { result.integer(row, 8) }

        /// Whether it is the last one for which there was room, of so many.
        func isLast(of count: Int) -> Bool { count >= batch || bytes ?? 0 >= PostgresReading.bytes }

        /// What goes to the runtime; nil where nobody listens.
        func arrival(_ cursor: Cursor, _ receiver: any BusReceiver) -> Arrival? {
            guard let topic = result.text(row, 5) else { return nil }
            let payload = result.bytes(row, 6)
            if topic.isEmpty { return payload.map { Arrival(topic: "", content: .notice(Array($0)), cursor: nil) } }
            guard receiver.isHeard(topic) else { return nil }
            guard let payload else { return Arrival(topic: topic, content: .end, cursor: cursor) }
            return Arrival(topic: topic, content: .event(Array(payload), result.bytes(row, 7).map { Array($0) }), cursor: cursor)
        }
    }
}
