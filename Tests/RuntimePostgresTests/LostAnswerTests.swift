import SubsgenRuntime
import Testing

@testable import SubsgenPostgres

/// An answer is lost for certain where the server has committed and waits for a standby that never comes, and the connection is ended then.
@Suite("A PostgreSQL that takes an event, and does not get to say so")
struct LostAnswerTests {
    /// What the server lost before that, of ten events that it had confirmed.
    enum Loss: String, CaseIterable, CustomTestStringConvertible {
        case nothing
        /// As a standby that had not got the last ones, and was promoted.
        case theEnd
        /// As a server that comes back empty: its history is another one.
        case everything

        var testDescription: String { rawValue }

        var sql: String {
            switch self {
            case .nothing: "select"
            case .theEnd: "delete from subsgen.outbox where place > 5; select setval(place, 5) from subsgen.bus, unnest(places) as place"
            case .everything:
                "delete from subsgen.outbox; select setval(place, 1, false) from subsgen.bus, unnest(places) as place; update subsgen.bus set epoch = epoch + 1"
            }
        }
    }

    private let server: PostgresServer
    private let database: PostgresConfiguration
    /// It reads nothing: a reader of its own might find out what was lost, and begin a new epoch, before the publisher is there again.
    private let publisher: Reader
    private let answers = Answers()

    init() throws {
        server = try PostgresServer(["fsync=off", "synchronous_commit=local", "synchronous_standby_names=nobody"])
        database = try server.database("&seconds_to_publish=60")
        publisher = Reader(database, listens: false)
    }

    /// Has the first so many attempts to publish an event wait when they have committed.
    private func hold(_ event: Int, attempts: Int) throws {
        try server.run(
            """
            create sequence attempts;
            create function hold() returns trigger language plpgsql as $$
            begin
                if nextval('public.attempts') <= \(attempts) then perform set_config('synchronous_commit', 'on', true); end if;
                return new;
            end $$;
            create trigger hold before insert on subsgen.outbox for each row when (new.payload = '\(event)') execute function hold()
            """, in: database)
    }

    /// Ends the connection of an attempt that waits, and returns when it is gone.
    private func loseAnswer(_ session: Session) async throws {
        while try session.run("select pg_terminate_backend(pid, 60000) from pg_stat_activity where wait_event = 'SyncRep' limit 1") == nil { await Task.yield() }
    }

    private func expectOnce(_ event: Int) async throws {
        let cursor = try #require(try await answers.next(1).first)
        #expect(try server.run("select place from subsgen.outbox where payload = '\(event)'", in: database) == "\(cursor.sequence)")
    }

    @Test("The event is there once, whatever the server had lost before", arguments: Loss.allCases)
    func once(loss: Loss) async throws {
        try hold(11, attempts: 1)
        for number in 1...10 { try await publisher.publish(number) }
        try server.run(
            "begin; \(loss.sql); commit; select pg_terminate_backend(pid, 60000) from pg_stat_activity where application_name = 'subsgen-publisher'",
            in: database)
        publisher.publish(11, "orders", answers.tell)
        try await loseAnswer(Session(database))
        try await expectOnce(11)
    }

    @Test("The event is there once where the server loses it, takes it again, and again does not get to say so")
    func sentAgain() async throws {
        try hold(11, attempts: 2)
        for number in 1...10 { try await publisher.publish(number) }
        // It stays while nobody else gets in.
        let session = try Session(database)
        publisher.publish(11, "orders", answers.tell)
        while try session.run("select 1 from pg_stat_activity where wait_event = 'SyncRep'") == nil { await Task.yield() }
        try session.run("update pg_database set datallowconn = false where datname = current_database()")
        try await loseAnswer(session)
        try session.run(
            "begin; \(Loss.theEnd.sql); update pg_database set datallowconn = true where datname = current_database(); commit")
        try await loseAnswer(session)
        try await expectOnce(11)
    }
}
