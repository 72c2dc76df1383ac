import SubsgenRuntime
import Testing

@testable import SubsgenPostgres

@Suite("The PostgreSQL bus when something breaks")
struct PostgresFaultTests {
    private static let cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'subsgen-%'"

    @Test("Whatever connections are cut while events are published, each arrives once, in order")
    func cuts() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.database()
        let (first, second, answers) = (Reader(database), Reader(database), Answers())
        await second.isRunning()
        let (rounds, each) = (8, 500)
        var cursors: [Cursor] = []
        for round in 0..<rounds {
            for number in round * each..<(round + 1) * each { first.publish(number, "orders", answers.tell) }
            try server.run("\(Self.cut) and datname = current_database()", in: database)
            cursors += try await answers.next(each)
        }
        #expect(zip(cursors, cursors.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        #expect(await second.nextWithCursors(rounds * each).map(\.cursor) == cursors)
        #expect(first.gaps == 0 && second.gaps == 0)
    }

    @Test("A PostgreSQL that crashes and comes back has each event once, also those whose answer was lost")
    func crash() async throws {
        let server = try PostgresServer([])
        let database = try server.database()
        let (first, second, answers) = (Reader(database), Reader(database), Answers())
        await second.isRunning()
        try await first.publish(0)
        for number in 1..<3000 { first.publish(number, "orders", answers.tell) }
        _ = try await answers.next(500)
        server.kill()
        try server.restart()
        _ = try await answers.next(2499)
        #expect(await second.next(3000) == (0..<3000).map { "orders \($0)" })
    }

    @Test("A database without the schema says what to do, and works once that is done")
    func noSchema() async throws {
        let server = try PostgresServer.shared.get()
        let name = try server.emptyDatabase()
        let database = try PostgresConfiguration(server.url(name))
        let reader = Reader(database)
        while true {
            if case .failing(let reason) = reader.bus.health, reason.contains("subsgen postgres init") { break }
            await Task.yield()
        }
        _ = try PostgresSchema.install(database)
        try await reader.publish(1)
        #expect(await reader.next(1) == ["orders 1"])
    }

    @Test("A history that lost its end begins a new epoch, and events go on")
    func lostEnd() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.database()
        let reader = Reader(database)
        let before = try await reader.publish(1)
        try await reader.publish(2)
        #expect(await reader.next(2) == ["orders 1", "orders 2"])
        // As a standby that had not got the last event, and was promoted.
        try server.run(
            "begin; delete from subsgen.outbox where place = 2; select setval(places[\(before.partition) + 1], 1) from subsgen.bus; commit; select subsgen.publish('orders', '3'); \(Self.cut) and datname = current_database()",
            in: database)
        #expect(await reader.next(1) == ["orders 3"])
        let after = try await reader.publish(4)
        #expect(await reader.next(1) == ["orders 4"])
        #expect(after.epoch != before.epoch)
        #expect(reader.gaps == 1)
        guard case .failure(.tooOld) = await reader.history("orders", after: before) else {
            Issue.record("a cursor of the lost history was taken")
            return
        }
    }

    @Test("A database that takes no more events says why, and takes them when it does")
    func refusal() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.database()
        let reader = Reader(database)
        try await reader.publish(1)
        try server.run(
            "create function no_room() returns trigger language plpgsql as $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$; create trigger no_room before insert on subsgen.outbox execute function no_room()",
            in: database)
        let error = await #expect(throws: PublishError.self) { try await reader.publish(2) }
        #expect(error?.isUnavailable == true)
        #expect(error?.message.contains("could not extend file") == true)
        try server.run("drop trigger no_room on subsgen.outbox", in: database)
        try await reader.publish(3)
        #expect(await reader.next(2) == ["orders 1", "orders 3"])
    }

    @Test("An event that PostgreSQL cannot have is refused by itself; the others of its transaction are taken")
    func oneOfMany() async throws {
        let server = try PostgresServer.shared.get()
        let reader = Reader(try server.database())
        await reader.isRunning()
        let (answers, refusals) = (Answers(), Answers())
        for number in 0..<40 {
            if number == 17 { reader.publish(number, "rooms.\0", refusals.tell) } else { reader.publish(number, "orders", answers.tell) }
        }
        _ = try await answers.next(39)
        await #expect(throws: PublishError.self) { try await refusals.next(1) }
        #expect(await reader.next(39) == (0..<40).filter { $0 != 17 }.map { "orders \($0)" })
    }

    @Test("Whom PostgreSQL does not answer in time is told that it is not known whether the event was published")
    func silence() async throws {
        let server = try PostgresServer()
        let reader = Reader(try server.database("&seconds_to_publish=1"))
        try await reader.publish(1)
        server.pause()
        let error = await #expect(throws: PublishError.self) { try await reader.publish(2) }
        #expect(error?.message.contains("may have been published") == true)
        server.resume()
        try await reader.publish(3)
    }

    @Test("Events that were thrown away before they were read are told, and a cursor before them is too old")
    func pruned() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.database()
        let reader = Reader(database)
        let first = try await reader.publish(1)
        try await reader.publish(2)
        _ = await reader.next(2)
        try server.run("select subsgen.prune(0, array_fill(100::bigint, array[17]), 100)", in: database)
        guard case .failure(.tooOld(let oldest)) = await reader.history("orders", after: first) else {
            Issue.record("a cursor whose events are gone was taken")
            return
        }
        #expect(oldest?.sequence == 2)
        #expect(try await reader.history("orders", after: try #require(oldest)).get().isComplete)
    }

    @Test("The first of several hosts that takes events is used")
    func hosts() async throws {
        let server = try PostgresServer.shared.get()
        let name = try server.emptyDatabase()
        let database = try PostgresConfiguration("postgresql:///\(name)?host=/nowhere,\(server.folder.path)&user=postgres")
        _ = try PostgresSchema.install(database)
        let reader = Reader(database)
        try await reader.publish(1)
        #expect(await reader.next(1) == ["orders 1"])
    }

    @Test("A role with no more rights than docs/reference/postgresql.md lists will do")
    func rights() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.database("&seconds_kept=1")
        let role = "app\(database.address.suffix(8))"
        try server.run(
            """
            create role \(role) login; grant usage on schema subsgen to \(role); grant select on all tables in schema subsgen to \(role);
            grant usage on all sequences in schema subsgen to \(role); grant execute on all functions in schema subsgen to \(role);
            create role \(role)_sql login; grant usage on schema subsgen to \(role)_sql
            """, in: database)
        let name = String(database.address.split(separator: "/").last ?? "")
        let reader = Reader(try PostgresConfiguration("postgresql:///\(name)?host=\(server.folder.path)&user=\(role)"))
        try await reader.publish(1)
        #expect(await reader.next(1) == ["orders 1"])
        let sql = try Session(PostgresConfiguration("postgresql:///\(name)?host=\(server.folder.path)&user=\(role)_sql"))
        try sql.run("select subsgen.publish('orders', '2')")
        #expect(await reader.next(1) == ["orders 2"])
        #expect(throws: PostgresError.self) { try sql.run("select * from subsgen.publish_batch(1, '{orders}', '{3}', '{null}')") }
        #expect(throws: PostgresError.self) { try sql.run("select * from subsgen.outbox") }
    }

    @Test("A bus that was stopped refuses events, and its connections go")
    func stop() async throws {
        let server = try PostgresServer.shared.get()
        let database = try server.database()
        let reader = Reader(database)
        try await reader.publish(1)
        reader.bus.stop()
        await #expect(throws: PublishError.self) { try await reader.publish(2) }
        while try server.run("select count(*) from pg_stat_activity where application_name like 'subsgen-%' and datname = current_database()", in: database) != "0" {}
    }
}
