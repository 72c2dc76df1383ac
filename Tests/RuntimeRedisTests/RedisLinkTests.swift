import RemoteBus
import Testing

@testable import SubsgenRedis

/// A link's owner that turns it until something happens.
private final class Owner: RedisLinkOwner {
    enum News: Equatable {
        case linked(RedisStore)
        case text(String)
        case error(String)
        case lost(String)
    }

    let link: RedisLink
    private let inbox = Inbox<Int>()
    private var news: [News] = []

    init(_ url: String) throws {
        link = RedisLink(try RedisConfiguration(url: url), name: "subsgen-test")
        link.owner = self
    }

    func linked(to store: RedisStore, client: RedisClient?) { news.append(.linked(store)) }
    func received(_ reply: RedisReply) { news.append(reply.error.map { .error($0) } ?? .text(reply.text ?? "")) }
    func lost(_ reason: String) { news.append(.lost(reason)) }

    func next() -> News {
        while news.isEmpty { link.turn(inbox.descriptor, until: nil) }
        return news.removeFirst()
    }

    func store() -> RedisStore? { if case .linked(let store) = next() { store } else { nil } }
    func reason() -> String { if case .lost(let reason) = next() { reason } else { "" } }
}

@Suite("A connection to Redis")
struct RedisLinkTests {
    @Test("Those who share a prefix agree on an epoch and on partitions; the first to come decides")
    func agreement() throws {
        let server = try RedisServer()
        let first = try #require(try Owner(server.url + "?partitions=3").store())
        #expect(first.partitions == 3)
        #expect(try Owner(server.url + "?partitions=5").store() == first)
        #expect(try Owner(server.url + "?prefix=other").store()?.epoch != first.epoch)
        #expect(try Owner(server.url + "?db=1").store()?.epoch != first.epoch)
    }

    @Test("Replies come in the order of the commands, over TCP too")
    func order() throws {
        let server = try RedisServer(onPort: true)
        let owner = try Owner("redis://127.0.0.1:\(try #require(server.port))")
        #expect(owner.store() != nil)
        for number in 0..<1000 { owner.link.send(RedisCommand("ECHO", "\(number)")) }
        owner.link.send(RedisCommand("NONSENSE"))
        for number in 0..<1000 { #expect(owner.next() == .text("\(number)")) }
        guard case .error(let text) = owner.next() else { throw Expected() }
        #expect(text.hasPrefix("ERR unknown command"))
    }

    @Test("Strings of any bytes and of megabytes go both ways")
    func large() throws {
        let server = try RedisServer()
        let owner = try Owner(server.url)
        #expect(owner.store() != nil)
        let text = String(repeating: "ä\r\n\0", count: 2_000_000)
        owner.link.send(RedisCommand("ECHO", text))
        #expect(owner.next() == .text(text))
    }

    @Test("A user of an access control list is let in by the password, and refused with a reason without it")
    func users() throws {
        let server = try RedisServer(["--user", "ann", "on", ">secret", "~*", "&*", "+@all", "--user", "default", "off"])
        #expect(try Owner(server.url.replacing("unix://", with: "unix://ann:secret@")).store() != nil)
        #expect(try Owner(server.url.replacing("unix://", with: "unix://ann:wrong@")).reason().contains("refuses the user or the password: WRONGPASS"))
        #expect(try Owner(server.url).reason().hasPrefix("NOAUTH"))
        #expect(try Owner(server.url.replacing("unix://", with: "unix://ann:secret@") + "?db=99").reason().contains("refuses the database"))
    }

    @Test("A server that is not there is a reason; when it is there again, the link is, too")
    func reconnect() throws {
        let server = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        let owner = try Owner(server.url)
        let store = owner.store()
        #expect(store != nil)
        server.kill()
        #expect(owner.reason() == "Server closed the connection")
        #expect(owner.reason() == "No such file or directory" || owner.reason() == "Connection refused")
        try server.restart()
        while true {
            let news = owner.next()
            if case .linked(let again) = news {
                #expect(again == store)
                break
            }
        }
    }

    @Test("A server whose keys are of another kind or format is refused with a reason")
    func foreign() throws {
        let server = try RedisServer()
        try server.run("SET", "subsgen:bus", "x")
        #expect(try Owner(server.url).reason().hasPrefix("WRONGTYPE"))
        try server.run("DEL", "subsgen:bus")
        try server.run("HSET", "subsgen:bus", "format", "9")
        #expect(try Owner(server.url).reason().contains("format 9"))
    }

    @Test("What does not speak Redis is a reason, not a crash")
    func nonsense() throws {
        let server = try RedisServer()
        // A second server on a socket that closes at once: nobody listens on a path that is a plain file.
        #expect(try Owner("unix://\(server.folder.path)/nothing.sock").reason() == "No such file or directory")
        #expect(try Owner("redis://no-such-host.invalid:6379").reason().isEmpty == false)
    }

    private struct Expected: Error {}
}
