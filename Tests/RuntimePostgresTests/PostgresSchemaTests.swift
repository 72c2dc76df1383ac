import SubsgenRuntime
import Testing

@testable import SubsgenPostgres

@Suite("The schema of the PostgreSQL bus")
struct PostgresSchemaTests {
    private let server: PostgresServer
    private let database: PostgresConfiguration

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.database()
    }

    private func run(_ sql: String) throws -> String { try server.run(sql, in: database) }

    private func refusal(_ sql: String) -> String {
        do { return try "no error: \(run(sql))" } catch { return "\(error)" }
    }

    @Test("It is made once; who comes again finds it up to date, and the script does the same")
    func install() throws {
        #expect(try PostgresSchema.install(database) == (1, 1))
        let other = try server.emptyDatabase()
        try server.run(PostgresSchema.script, in: other)
        #expect(try PostgresSchema.install(PostgresConfiguration(server.url(other))) == (1, 1))
        #expect(try server.run("select count(*) from subsgen.partitions", in: other) == "17")
    }

    @Test("A newer schema, or another's, is left alone, and said to be so")
    func foreign() throws {
        _ = try run("update subsgen.bus set version = 9")
        let newer = #expect(throws: PostgresError.self) { try PostgresSchema.install(database) }
        #expect(newer?.description.contains("version 9") == true)
        let other = try server.emptyDatabase()
        try server.run("create schema subsgen", in: other)
        #expect(throws: PostgresError.self) { try PostgresSchema.install(PostgresConfiguration(server.url(other))) }
    }

    @Test("What is published joins the transaction: it is there when that commits, and never otherwise")
    func transactions() throws {
        _ = try run("begin; select subsgen.publish('orders', '1'); rollback")
        _ = try run("begin; select subsgen.publish('orders', '2'); savepoint a; select subsgen.publish('orders', '3'); rollback to a; commit")
        #expect(try run("select topic, payload from subsgen.outbox") == "orders|2")
    }

    @Test("A cursor is given that a client may resume after")
    func cursor() throws {
        let cursor = Cursor(try run("select subsgen.publish('orders', '{\"id\": 1}')"))
        let row = try run("select partition, place, epoch from subsgen.outbox, subsgen.bus").split(separator: "|")
        #expect(cursor?.partition == UInt64(row[0]))
        #expect(cursor?.sequence == UInt64(row[1]))
        #expect(cursor?.epoch == Int64(row[2]).map { UInt64(bitPattern: $0) })
    }

    @Test("Payloads are JSON of any of PostgreSQL's kinds, and what is none is refused")
    func payloads() throws {
        for payload in [#"'{"a" : 1}'"#, #"'{"a" : 1}'::json"#, #"'{"a" : 1}'::jsonb"#, "to_json(1)", "'null'", "to_jsonb(array[1, 2])"] {
            _ = try run("select subsgen.publish('t', \(payload))")
        }
        #expect(try run("select payload from subsgen.outbox order by place").split(separator: "\n") == [#"{"a" : 1}"#, #"{"a" : 1}"#, #"{"a": 1}"#, "1", "null", "[1, 2]"])
        #expect(refusal("select subsgen.publish('t', '{bad')").contains("invalid input syntax for type json"))
        #expect(refusal("select subsgen.publish('t', null)").contains("SQL null"))
        #expect(refusal("select subsgen.publish('', '1')").contains("topic is empty"))
        #expect(refusal("select subsgen.complete(null)").contains("topic is empty"))
        #expect(refusal("select subsgen.publish('t', '1', '[]')").contains("no JSON object"))
    }

    @Test("A transaction says once for a partition behind which place it publishes, until it is over")
    func locks() throws {
        _ = try run("select subsgen.publish('t', '1')")
        let locks = "select string_agg(objid::text, ',') from pg_locks where locktype = 'advisory' and objsubid = 2 and database = (select oid from pg_database where datname = current_database())"
        #expect(
            try run("begin; select subsgen.publish('t', '2'), subsgen.publish('t', '3'); savepoint a; select subsgen.publish('t', '4'); rollback to a; \(locks); commit")
                .split(separator: "\n").last == "1")
        // What a savepoint takes back is said again by who goes on.
        #expect(try run("begin; savepoint a; select subsgen.publish('t', '5'); rollback to a; select subsgen.publish('t', '6'); \(locks); commit").split(separator: "\n").last == "5")
        #expect(try run(locks) == "")
        // A setting that somebody left proves nothing.
        let partition = try run("select subsgen.partition_of('t')")
        #expect(try run("set \"subsgen.publishing_\(partition)\" = '1'; begin; select subsgen.publish('t', '7'); \(locks); commit").split(separator: "\n").last == "6")
    }

    @Test("A table publishes its changes, under names of the schema and topics of the rows")
    func changes() throws {
        _ = try run("create table orders (id int primary key, total_amount numeric, customer_id text)")
        _ = try run("select subsgen.publish_changes('orders', 'orderChanged.{customerId}')")
        _ = try run("select subsgen.publish_changes('orders', 'orderChanged.{customerId}')")
        _ = try run("insert into orders values (1, 2.50, 'ä/b c'); update orders set total_amount = 3; delete from orders")
        let rows = try run("select topic, payload, attributes from subsgen.outbox order by place").split(separator: "\n")
        #expect(
            rows == [
                ##"orderChanged.%C3%A4%2Fb%20c|{ "id" : 1, "totalAmount" : 2.50, "customerId" : "ä/b c" }|{"operation" : "INSERT"}"##,
                ##"orderChanged.%C3%A4%2Fb%20c|{ "id" : 1, "totalAmount" : 3, "customerId" : "ä/b c" }|{"operation" : "UPDATE"}"##,
                ##"orderChanged.%C3%A4%2Fb%20c|{ "id" : 1, "totalAmount" : 3, "customerId" : "ä/b c" }|{"operation" : "DELETE"}"##,
            ])
        #expect(refusal("insert into orders values (2, 1, null)").contains("no value for {customerId}"))
        _ = try run("select subsgen.stop_publishing_changes('orders', 'orderChanged.{customerId}'); insert into orders values (2, 1, null)")
        _ = try run("select subsgen.publish_changes('orders', 'gone', 'delete', camel_case => false); delete from orders")
        #expect(try run("select payload from subsgen.outbox where topic = 'gone'") == #"{"id":2,"total_amount":1,"customer_id":null}"#)
        #expect(refusal("select subsgen.publish_changes('orders', 'x', 'truncate')").contains("insert, update and delete"))
    }

    @Test("Names of columns become those of schemas")
    func names() throws {
        #expect(try run("select subsgen.camel_case(x) from unnest(array['id', 'total_amount', '_a_b', 'customerId', 'x_2']) x").split(separator: "\n") == ["id", "totalAmount", "aB", "customerId", "x2"])
    }

    @Test("What is older than wanted goes, if it was read, and the rest stays")
    func pruning() throws {
        for number in 1...10 { _ = try run("select subsgen.publish('t', '\(number)')") }
        let partition = try run("select subsgen.partition_of('t')")
        #expect(try run("select subsgen.prune(3600, array_fill(7::bigint, array[17]), 100)") == "f")
        #expect(try run("select count(*) from subsgen.outbox") == "10")
        #expect(try run("select subsgen.prune(0, array_fill(7::bigint, array[17]), 5)") == "t")
        #expect(try run("select subsgen.prune(0, array_fill(7::bigint, array[17]), 5)") == "f")
        #expect(try run("select min(place), (select pruned from subsgen.partitions where partition = \(partition)) from subsgen.outbox") == "8|7")
    }
}
