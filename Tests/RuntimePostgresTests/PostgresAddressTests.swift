import Testing

@testable import SubsgenPostgres

@Suite("The address of a PostgreSQL database")
struct PostgresAddressTests {
    @Test("Both forms of libpq are read, and the bus's own parameters in them")
    func forms() throws {
        let url = try PostgresConfiguration("postgresql://ann:p%40ss@example.org:7000/shop?sslmode=require&seconds_kept=60&seconds_to_publish=3")
        #expect((url.secondsKept, url.secondsToPublish, url.address) == (60, 3, "example.org:7000/shop"))
        #expect(url.hosts[0]["password"] == "p@ss" && url.hosts[0]["sslmode"] == "require")
        let pairs = try PostgresConfiguration("host=localhost dbname=app seconds_kept=none password='a b'")
        #expect((pairs.secondsKept, pairs.secondsToPublish, pairs.address) == (nil, 10, "localhost/app"))
        #expect(pairs.hosts[0]["password"] == "a b")
    }

    @Test("Several hosts are tried one after the other, each with its port")
    func hosts() throws {
        let two = try PostgresConfiguration("postgresql://a:1,b:2/shop")
        #expect(two.hosts.map { [$0["host"], $0["port"]] } == [["a", "1"], ["b", "2"]])
        let one = try PostgresConfiguration("host=a,b,c port=5 dbname=x")
        #expect(one.hosts.map { $0["port"] } == ["5", "5", "5"])
        #expect(throws: PostgresError.self) { try PostgresConfiguration("host=a,b,c port=5,6") }
    }

    @Test("Where there is no libpq, the error names the Debian package")
    func noLibrary() {
        let error = #expect(throws: PostgresError.self) { try LibPQ("libpq-of-nobody.so.5") }
        #expect(error?.description.contains("install the Debian package libpq5") == true)
    }

    @Test(
        "What is wrong is said in a sentence without what may be secret",
        arguments: [
            ("postgresql://h?nonsense=hunter2", "not understood"), ("host=h password=a hunter2", "not understood"), ("hunter2", "not understood"),
            ("postgresql://h?seconds_kept=0", "1 to 1000000000, or none"), ("postgresql://h?seconds_to_publish=x", "1 to 86400"),
        ])
    func mistakes(address: String, says: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresConfiguration(address) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("No description shows a password")
    func secrets() throws {
        let configuration = try PostgresConfiguration("postgresql://ann:hunter2@h/x")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [configuration.address, "\(configuration)", String(reflecting: configuration), dumped] { #expect(!text.contains("hunter2")) }
    }
}
