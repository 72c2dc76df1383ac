import Testing

@testable import SubsgenRedis

@Suite("The URL of a Redis server")
struct RedisURLTests {
    @Test("Host, port, database, user and password are read, percent signs too")
    func server() throws {
        let full = try RedisConfiguration(url: "redis://ann:p%40ss%2Fw%25@example.org:7000/3?prefix=shop")
        #expect(full.endpoint == .tcp(host: "example.org", port: 7000))
        #expect((full.username, full.password, full.database, full.prefix) == ("ann", "p@ss/w%", 3, "shop"))
        let plain = try RedisConfiguration(url: "redis://localhost")
        #expect(plain.endpoint == .tcp(host: "localhost", port: 6379))
        #expect((plain.username, plain.password, plain.database, plain.prefix) == (nil, nil, 0, "subsgen"))
        #expect(try RedisConfiguration(url: "REDIS://:secret@[::1]:6380/").endpoint == .tcp(host: "::1", port: 6380))
        #expect(try RedisConfiguration(url: "redis://[::1]").address == "redis://[::1]:6379/0")
    }

    @Test("A Unix socket is unix:// with three slashes")
    func socket() throws {
        let plain = try RedisConfiguration(url: "unix:///run/redis/redis.sock?db=2&seconds_kept=none&events_per_stream=50")
        #expect(plain.endpoint == .unix(path: "/run/redis/redis.sock"))
        #expect((plain.database, plain.secondsKept, plain.eventsPerStream) == (2, nil, 50))
        let full = try RedisConfiguration(url: "redis+unix://ann:secret@/tmp/a%20b.sock")
        #expect(full.endpoint == .unix(path: "/tmp/a b.sock"))
        #expect((full.username, full.password) == ("ann", "secret"))
    }

    @Test("Sentinels are a list of hosts, and behind them stands what they call the primary")
    func sentinels() throws {
        let full = try RedisConfiguration(url: "redis+sentinel://ann:secret@a,[::1]:26380/my%20master/2?sentinel_username=watch&sentinel_password=hunter2")
        guard case .sentinels(let sentinels) = full.endpoint else { throw RedisURLError("no sentinels") }
        #expect(sentinels.hosts.map(\.name) == ["a", "::1"] && sentinels.hosts.map(\.port) == [26379, 26380])
        #expect((sentinels.primary, sentinels.username, sentinels.password) == ("my master", "watch", "hunter2"))
        #expect((full.username, full.password, full.database) == ("ann", "secret", 2))
        #expect(full.address == "redis+sentinel://a:26379,[::1]:26380/my master/2")
        var dumped = ""
        dump(full.endpoint, to: &dumped)
        for text in ["\(full)", "\(full.endpoint)", String(reflecting: sentinels), dumped] { #expect(!text.contains("hunter2")) }
    }

    @Test(
        "What is wrong is said in a sentence",
        arguments: [
            ("localhost:6379", "no ://"), ("http://localhost", "redis:// or unix://"), ("rediss://localhost", "TLS"),
            ("redis://", "names no host"), ("redis://:6379", "names no host"), ("redis://h:0", "1 to 65535"), ("redis://h:x", "1 to 65535"),
            ("redis://h:65536", "1 to 65535"), ("redis://::1", "brackets"), ("redis://[::1", "ends with ]"), ("redis://[::1]x", ":PORT"),
            ("redis://h/x", "database"), ("redis://h/-1", "database"), ("redis://h/1/2", "database"), ("redis://ann@h", "USER:PASSWORD"),
            ("redis://ann:@h", "empty"), ("redis://a:%zz@h", "hexadecimal"), ("redis://a:%f@h", "hexadecimal"), ("redis://a:%ff@h", "UTF-8"),
            ("redis://a:%00@h", "UTF-8"), ("redis://h?x=1", "another"), ("redis://h?db", "NAME=VALUE"), ("redis://h?prefix=", "not empty"),
            ("redis://h?partitions=0", "1 to 256"), ("redis://h?password=x", "in front of the host"), ("redis://a:b#c@h", "%23"),
            ("redis://a:b c@h", "%20"), ("unix://redis.sock", "three slashes"), ("unix:///", "three slashes"),
            ("redis+sentinel://h", "what they call the primary"), ("redis+sentinel://h/", "what they call the primary"),
            ("redis+sentinel://h,/m", "names no host"), ("redis+sentinel://h:x/m", "1 to 65535"), ("redis+sentinel://h/m/x", "database"),
            ("redis+sentinel://h/m/1/2", "what they call the primary"), ("redis://h?sentinel_password=x", "redis+sentinel://"),
            ("unix:///\(String(repeating: "x", count: 107))", "107 bytes"), ("", "no ://"),
        ])
    func mistakes(url: String, says: String) {
        let error = #expect(throws: RedisURLError.self) { try RedisConfiguration(url: url) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
    }

    @Test("No message and no description shows a password")
    func secrets() throws {
        for url in ["redis://a:hunter2@h:x", "redis://a:hunter2@h/x", "redis://a:hun?hunter2=1@h", "redis://:hunter2#@h", "rediss://:hunter2@h"] {
            let error = #expect(throws: RedisURLError.self) { try RedisConfiguration(url: url) }
            #expect(error?.description.contains("hunter2") == false)
        }
        let configuration = try RedisConfiguration(url: "redis://ann:hunter2@h")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [configuration.address, "\(configuration)", String(reflecting: configuration), dumped] { #expect(!text.contains("hunter2")) }
        #expect("\(configuration)" == "redis://h:6379/0 as ann")
    }
}
