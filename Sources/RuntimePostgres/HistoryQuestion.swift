import RemoteBus
import SubsgenRuntime

/// A question for what a topic had.
struct HistoryQuestion: Sendable {
    let topic: BusTopic
    let cursor: Cursor
    let limit: Int
    let completion: BusCompletion<BusHistory, BusHistoryError>

    /// How many events of a partition are looked through for a page.
    private static let scanned: Int64 = 5000

    func fail(_ health: BusHealth) { completion(.failure(health.historyError)) }

    /// How far the topic's partition may be read.
    struct Reach: Sendable {
        let partition: Int64
        let epoch: Int64
        let pruned: Int64
        let last: Int64
        /// No transaction that is not over has a place up to here.
        let settled: Int64

        /// Nil for a result that does not say.
        init?(_ result: PostgresResult) {
            guard result.count == 1, let partition = result.integer(0, 0), let epoch = result.integer(0, 1), let pruned = result.integer(0, 2),
                let last = result.integer(0, 3), let settled = result.integer(0, 4)
            else { return nil }
            (self.partition, self.epoch, self.pruned, self.last, self.settled) = (partition, epoch, pruned, last, settled)
        }

        func cursor(_ place: Int64) -> Cursor {
            Cursor(epoch: UInt64(bitPattern: epoch), partition: UInt64(partition), sequence: UInt64(max(0, place)))
        }

        /// Whether a cursor names a place in this history that was taken, and behind which everything is there.
        func has(_ cursor: Cursor) -> Bool {
            cursor.epoch == UInt64(bitPattern: epoch) && cursor.partition == UInt64(partition)
                && (UInt64(pruned)...UInt64(max(pruned, last))).contains(cursor.sequence)
        }
    }

    /// The last place is read before the locks: who took one up to there had his lock by then. Locks that stand behind it are of no interest.
    private static let reach = PostgresStatement(
        name: "subsgen_reach",
        text: """
            with place as materialized (
                select s.partition, b.epoch, s.pruned, coalesce(pg_sequence_last_value(b.places[s.partition + 1]), 0) as last
                from subsgen.bus as b, subsgen.partitions as s where s.partition = subsgen.partition_of($1, cardinality(b.places) - 1))
            select partition, epoch, pruned, last, least(last, (
                select min(place.last - ((place.last - objid::bigint) & 4294967295))
                    filter (where (place.last - objid::bigint) & 4294967295 < 2147483648)
                from pg_catalog.pg_locks
                where locktype = 'advisory' and objsubid = 2 and classid::bigint = 1937072640 + place.partition
                    and database = (select oid from pg_catalog.pg_database where datname = current_database())))
            from place
            """)

    var asking: PostgresStatement { Self.reach(.text(Array(topic.name.utf8))) }

    /// What is asked then: up to what is settled, or what this process's reader has passed. Nothing beyond, where more may come in between.
    func statement(_ reach: Reach, read: Int64) -> PostgresStatement {
        Self.reading(
            .text(Array(topic.name.utf8)), .integer(reach.partition), .integer(Int64(clamping: cursor.sequence)), .integer(max(reach.settled, read)),
            .integer(Int64(clamping: limit)), .integer(Self.scanned))
    }

    /// One row at least: up to where the partition was looked through. Read at one instant, so that nothing is thrown away in between.
    private static let reading = PostgresStatement(
        name: "subsgen_history",
        text: """
            with scanned as (select place, topic, payload, attributes from subsgen.outbox where partition = $2 and place > $3 and place <= $4 order by place limit $6),
            found as (select * from scanned where topic = $1 order by place limit $5 + 1)
            select s.pruned, (select max(scanned.place) from scanned), (select count(*) from scanned), found.place, found.payload, found.attributes
            from subsgen.partitions as s left join found on true where s.partition = $2 order by found.place
            """)

    func tooOld(_ reach: Reach) { completion(.failure(.tooOld(oldest: reach.cursor(reach.pruned)))) }

    func answer(_ result: PostgresResult, _ reach: Reach, read: Int64) {
        if let error = result.error { return completion(.failure(.unavailable(error.message))) }
        guard let pruned = result.integer(0, 0), let count = result.integer(0, 2) else {
            return completion(.failure(.unavailable("the outbox was answered with something else than events")))
        }
        guard cursor.sequence >= UInt64(max(0, pruned)) else { return completion(.failure(.tooOld(oldest: reach.cursor(pruned)))) }
        var entries: [(entry: BusHistory.Entry, cursor: Cursor)] = []
        for row in 0..<min(result.count, limit) {
            guard let place = result.integer(row, 3) else { continue }
            let entry: BusHistory.Entry =
                result.bytes(row, 4).map { .event(payload: Array($0), attributes: result.bytes(row, 5).map { Array($0) }) } ?? .completed
            entries.append((entry, reach.cursor(place)))
        }
        // One more was asked for than is given.
        let isCut = result.count > limit
        let isComplete = !isCut && count < Self.scanned
        // All of the partition up to there, whatever the topic, so that the next page does not look through it again.
        let end = isCut ? entries.last?.cursor : isComplete ? reach.cursor(max(reach.settled, read)) : result.integer(0, 1).map { reach.cursor($0) }
        let isAhead = end.map { $0.sequence > cursor.sequence } ?? false
        completion(.success(BusHistory(entries: entries, end: isAhead ? end ?? cursor : cursor, isComplete: isComplete)))
    }
}
