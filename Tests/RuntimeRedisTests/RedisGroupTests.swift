import SubsgenRuntime
import Testing

@testable import SubsgenRedis

/// A host of a handler: keeps the calls that come, and tells of them.
private final class Desk: ResolverHost {
    private let calls: AsyncStream<ResolverCall>
    private let come: AsyncStream<ResolverCall>.Continuation

    init() { (calls, come) = AsyncStream.makeStream(of: ResolverCall.self) }

    func start(_ call: ResolverCall) { come.yield(call) }

    /// The next call, whenever it comes.
    func next() async throws -> ResolverCall {
        for await call in calls { return call }
        throw Over()
    }

    private struct Over: Error {}
}

extension ResolverCall {
    fileprivate var id: String {
        (try? JSONDocument.parse(event))?.root["id"]?.string ?? ""
    }
    fileprivate var attempt: Int? { (try? JSONDocument.parse(arguments))?.root["attempt"]?.integer }
}

@Suite("Groups of processes over the Redis bus")
struct RedisGroupTests {
    private func group(_ name: String = "billing", _ template: String = "news", seconds: Int = 60, attempts: Int = 3, inFlight: Int = 100) -> WorkGroup {
        WorkGroup(name: name, template: template, seconds: seconds, attempts: attempts, inFlight: inFlight)
    }

    /// Returns when a group is there, so that what is published from now on is its.
    private func wait(for group: WorkGroup, _ server: RedisServer) async throws {
        let stream = StreamNames(prefix: "subsgen", partitions: 4).streams(template: group.template).last ?? ""
        while try !server.run("XINFO", "GROUPS", stream).split(separator: "\n").contains(Substring(group.name)) { await Task.yield() }
    }

    @Test("Of a group one process handles each event, and each group handles all; subscribers get them all the same")
    func sharing() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let (desks, other) = ([Desk(), Desk()], Desk())
        for (node, desk) in zip([first, second], desks) { try node.runtime.setHandler("bill", of: group(), host: desk) }
        try second.runtime.setHandler("mail", of: group("mail"), host: other)
        try await wait(for: group(), server)
        try await wait(for: group("mail"), server)
        let listener = try first.listen()
        for number in 0..<100 { try await first.publish("news", number) }

        #expect(await listener.next(100).count == 100)
        var mailed: [String] = []
        for _ in 0..<100 {
            let call = try await other.next()
            mailed.append(call.id)
            call.skip()
        }
        #expect(Set(mailed).count == 100)
        // Two tasks take what comes to two processes, until all has come to one or the other.
        let billed = try await withThrowingTaskGroup(of: (Int, ResolverCall).self) { tasks in
            var ids: [String] = []
            for (place, desk) in desks.enumerated() { tasks.addTask { (place, try await desk.next()) } }
            while ids.count < 100, let (place, call) = try await tasks.next() {
                #expect(call.kind == .handle && call.field == "bill" && call.attempt == 1)
                call.finish(Array("true".utf8))
                ids.append(call.id)
                let desk = desks[place]
                tasks.addTask { (place, try await desk.next()) }
            }
            tasks.cancelAll()
            return ids
        }
        #expect(Set(billed).count == 100)
        while try !server.run("XPENDING", "subsgen:events:news:0", "billing").hasPrefix("0") { await Task.yield() }
    }

    @Test("What a process had that is gone is handled by another, and what fails is tried again, then put aside")
    func again() async throws {
        let server = try RedisServer()
        let gone = Desk()
        var first: Node? = try Node(server.url)
        try first?.runtime.setHandler("bill", of: group(seconds: 1), host: gone)
        try await wait(for: group(), server)
        try await first?.publish("news", 7)
        let taken = try await gone.next()
        #expect(taken.attempt == 1)
        first?.bus.stop()
        first = nil

        let (second, desk) = (try Node(server.url), Desk())
        try second.runtime.setHandler("bill", of: group(seconds: 1), host: desk)
        let secondTime = try await desk.next()
        #expect((secondTime.id, secondTime.attempt) == ("7", 2))
        secondTime.fail("It failed.")
        let thirdTime = try await desk.next()
        #expect(thirdTime.attempt == 3)
        thirdTime.fail("It failed.")
        while second.count("events_put_aside") != 1 { await Task.yield() }
        #expect(try server.run("XRANGE", "subsgen:failed:billing", "-", "+").contains(#"{"id":"7","text":"x"}"#))
        #expect(try server.run("XPENDING", "subsgen:events:news:0", "billing").hasPrefix("0"))
        withExtendedLifetime(taken) {}
    }

    @Test("What fails too often stays with the group until there is room to put it aside")
    func noRoomAside() async throws {
        let server = try RedisServer()
        let (node, desk) = (try Node(server.url), Desk())
        // Refuses each copy, as a Redis without memory does, and nothing else.
        _ = try server.run("SET", "subsgen:failed:billing", "in the way")
        try node.runtime.setHandler("bill", of: group(seconds: 1, attempts: 1), host: desk)
        try await wait(for: group(), server)
        try await node.publish("news", 7)
        try await desk.next().fail("It failed.")
        while try !server.run("INFO", "errorstats").contains("errorstat_WRONGTYPE") { await Task.yield() }
        #expect(try server.run("XPENDING", "subsgen:events:news:0", "billing").hasPrefix("1"))
        #expect(node.count("events_put_aside") == 0)

        _ = try server.run("DEL", "subsgen:failed:billing")
        while node.count("events_put_aside") != 1 { await Task.yield() }
        #expect(try server.run("XRANGE", "subsgen:failed:billing", "-", "+").contains(#"{"id":"7","text":"x"}"#))
        while try !server.run("XPENDING", "subsgen:events:news:0", "billing").hasPrefix("0") { await Task.yield() }
    }

    @Test("A handler that takes long keeps its event: its process is heard of")
    func slow() async throws {
        let server = try RedisServer()
        let (node, desk) = (try Node(server.url), Desk())
        try node.runtime.setHandler("bill", of: group(seconds: 4), host: desk)
        try await wait(for: group(), server)
        try await node.publish("news", 1)
        let call = try await desk.next()
        /// For how long Redis has not heard of the event, and how often it was handed out.
        func pending() throws -> (idle: Int, count: Int) {
            let numbers = try server.run("XPENDING", "subsgen:events:news:0", "billing", "-", "+", "1").split(separator: "\n").compactMap { Int($0) }
            return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
        }
        var (signs, before) = (0, try pending().idle)
        while signs < 2 {
            let now = try pending()
            #expect(now.count == 1)
            if now.idle < before { signs += 1 }
            before = now.idle
            await Task.yield()
        }
        call.skip()
        while try !server.run("XPENDING", "subsgen:events:news:0", "billing").hasPrefix("0") { await Task.yield() }
    }

    @Test("A group goes on where it was while all its members were away, and from a Redis that came back, over all partitions")
    func away() async throws {
        let server = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        let (node, desk) = (try Node(server.url), Desk())
        let rooms = group("billing", "chat.{roomId}")
        try node.runtime.setHandler("bill", of: rooms, host: desk)
        try await wait(for: rooms, server)
        try node.runtime.setHandler("bill", of: rooms, host: nil)
        for room in 0..<20 { try await node.publish("chat.\(room)", room) }
        try node.runtime.setHandler("bill", of: rooms, host: desk)
        var ids: Set<String> = []
        for _ in 0..<20 {
            let call = try await desk.next()
            ids.insert(call.id)
            call.skip()
        }
        #expect(ids.count == 20)
        server.kill()
        try server.restart()
        try await node.publish("chat.7", 99)
        while true {
            // What was not acknowledged in time comes again.
            let call = try await desk.next()
            call.skip()
            if call.id == "99" { break }
        }
    }

    @Test("What is no JSON is counted and left out; an unknown topic, and a bus without groups, are errors that say so")
    func mistakes() async throws {
        let server = try RedisServer()
        let (node, desk) = (try Node(server.url), Desk())
        try node.runtime.setHandler("bill", of: group(), host: desk)
        try await wait(for: group(), server)
        try server.run("XADD", "subsgen:events:news:0", "*", "topic", "news", "payload", "{no")
        try server.run("XADD", "subsgen:events:news:0", "*", "topic", "news", "end", "1")
        try await node.publish("news", 1)
        let call = try await desk.next()
        #expect(call.id == "1")
        #expect(node.count("events_unreadable") == 1)
        call.skip()
        #expect(throws: PublishError.self) { try node.runtime.setHandler("x", of: group("g", "unknown"), host: desk) }
        let memory = try SubscriptionExecutor(sdl: Node.sdl, bus: MemoryBus())
        let error = #expect(throws: PublishError.self) { try memory.setHandler("x", of: group(), host: desk) }
        #expect(error?.message.contains("Redis") == true)
    }
}
