import Dispatch
import Glibc
import SubsgenRedis
import SubsgenRuntime
import Synchronization

/// From `publish` in one process to the subscriber in another, through a Redis that the benchmark starts: how many a second against what
/// `redis-benchmark` adds with as many on their way, and how long one takes.
enum RedisBenchmark {
    private static let events = 200_000
    private static let rounds = 3
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { reading: Reading }
        type Reading { n: String! }
        """

    static func run() {
        let server = RedisProcess()
        defer { server.end() }
        for pipeline in [16, 64, 256] { throughput(server, pipeline) }
        for pause in [200, 2_000, 10_000] as [UInt32] { latency(server, pause: pause) }
    }

    /// Events a second, of which each reached another process, and the same entries added by redis-benchmark, in turn.
    private static func throughput(_ server: RedisProcess, _ pipeline: Int) {
        var (ours, theirs) = ([Double](), [Double]())
        for _ in 0..<rounds {
            theirs.append(server.xadd(events, pipeline: pipeline))
            server.flush()
            ours.append(publish(to: server, pipeline: pipeline))
            server.flush()
        }
        let ratios = zip(ours, theirs).map { $0 / $1 }.sorted()
        print(
            "redis, \(pipeline) on their way: \(fixed(ours.sorted()[rounds / 2], 0)) events/s published, and delivered in another process; "
                + "redis-benchmark XADD \(fixed(theirs.sorted()[rounds / 2], 0))/s; ratio \(fixed(ratios[rounds / 2], 2)), "
                + "from \(fixed(ratios[0], 2)) to \(fixed(ratios[rounds - 1], 2))")
    }

    private static func publish(to server: RedisProcess, pipeline: Int) -> Double {
        let reader = Child([CommandLine.arguments[0], "redis-reader", server.url, "\(events)"])
        let (runtime, answered) = (runtime(server.url, .publishing).runtime, TurnCounter())
        reader.expect("ready")
        let start = now()
        var waiting: [WaitingEvent] = []
        for number in 0..<events {
            // Never more than redis-benchmark has on their way. It waits until all are answered; this until half are, as one does who has always something to publish.
            if waiting.count == pipeline {
                answered.settle(Array(waiting[..<(pipeline / 2)]))
                waiting.removeFirst(pipeline / 2)
            }
            if let event = send(runtime, "\(number)", answered) { waiting.append(event) }
        }
        answered.settle(waiting)
        reader.expect("\(events)")
        let seconds = Double(now() - start) / 1e9
        reader.end()
        return Double(events) / seconds
    }

    /// How long an event takes where one comes every `pause` microseconds.
    private static func latency(_ server: RedisProcess, pause: UInt32) {
        let count = min(4_000, 8_000_000 / Int(pause))
        let reader = Child([CommandLine.arguments[0], "redis-reader", server.url, "\(count)"])
        let (runtime, answered) = (runtime(server.url, .publishing).runtime, TurnCounter())
        reader.expect("ready")
        for _ in 0..<count {
            usleep(pause)
            answered.settle([send(runtime, "\(now())", answered)].compactMap { $0 })
        }
        reader.expect("\(count)")
        print("redis, an event every \(fixed(Double(pause) / 1000, 1)) ms, from publish to another process: \(reader.line())")
        reader.end()
        server.flush()
    }

    /// The other process: prints when it is ready, when it has got all, and how long they took, where they say when they were sent.
    static func read(_ url: String, count: Int) {
        let (runtime, bus) = runtime(url)
        let news = TurnCounter()
        guard let subscription = try? runtime.subscribe(query: "subscription { reading { n } }", waker: { news.come() }) else { fail("error: it does not subscribe\n") }
        while bus.health != .running { usleep(1000) }
        say("ready")
        var took: [UInt64] = []
        took.reserveCapacity(count)
        while took.count < count {
            while let message = subscription.next() {
                let digits = message.drop { !(48...57).contains($0) }.prefix { (48...57).contains($0) }
                took.append(now() &- digits.reduce(0) { $0 &* 10 &+ UInt64($1 - 48) })
            }
            if took.count < count { news.wait() }
        }
        say("\(count)")
        took.sort()
        say("p50 \(fixed(Double(took[count / 2]) / 1e6, 2)) ms, p99 \(fixed(Double(took[count * 99 / 100]) / 1e6, 2)) ms")
    }

    private static func runtime(_ url: String, _ role: RuntimeRole = .serving) -> (runtime: SubscriptionExecutor, bus: RedisBus) {
        do {
            let bus = RedisBus(try RedisConfiguration(url: url + "?events_per_stream=1000000"))
            var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1_000_000))
            limits.role = role
            return (try SubscriptionExecutor(sdl: sdl, bus: bus, limits: limits), bus)
        } catch {
            fail("error: \(error)\n")
        }
    }

    /// Nil where the answer is there at once.
    private static func send(_ runtime: SubscriptionExecutor, _ text: String, _ answered: TurnCounter) -> WaitingEvent? {
        do {
            let event = try runtime.awaitRoom(topic: "reading", payload: Array("{\"n\":\"\(text)\"}".utf8)) { answered.come() }
            return try event.publish() == nil ? event : nil
        } catch {
            fail("error: \(error)\n")
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}

/// Lets a thread wait until so much has come, and wakes it once.
private final class TurnCounter: Sendable {
    private struct State {
        var come = 0
        /// How much somebody waits for.
        var wanted: Int?

        /// Whether there is what somebody waits for, who gets it.
        mutating func take() -> Bool {
            guard let wanted, come >= wanted else { return false }
            come -= wanted
            self.wanted = nil
            return true
        }
    }

    /// Guards what has come and not been waited for.
    private let state = Mutex(State())
    private let turn = DispatchSemaphore(value: 0)

    func come() {
        let isEnough = state.withLock { state in
            state.come += 1
            return state.take()
        }
        if isEnough { turn.signal() }
    }

    func wait(for count: Int = 1) {
        let isEnough = state.withLock { state in
            state.wanted = count
            return state.take()
        }
        if !isEnough { turn.wait() }
    }

    /// Waits until all of them are answered.
    func settle(_ waiting: [WaitingEvent]) {
        var waiting = waiting
        do {
            while !waiting.isEmpty {
                wait(for: waiting.count)
                waiting = try waiting.filter { event in try event.publish() == nil }
            }
        } catch {
            fail("error: \(error)\n")
        }
    }
}

/// A process whose output is read line by line.
private final class Child {
    private let process: pid_t
    private let output: UnsafeMutablePointer<FILE>

    init(_ words: [String]) {
        var (ends, process) = ([Int32](repeating: -1, count: 2), pid_t())
        pipe(&ends)
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let arguments = words.map { strdup($0) } + [nil]
        guard posix_spawnp(&process, words[0], &actions, nil, arguments, environ) == 0, let output = fdopen(ends[0], "r") else {
            fail("error: \(words[0]) does not start; scripts/packages buses installs redis-server\n")
        }
        close(ends[1])
        (self.process, self.output) = (process, output)
    }

    func line() -> String {
        var (text, size) = (UnsafeMutablePointer<CChar>?.none, 0)
        defer { free(text) }
        guard getline(&text, &size, output) >= 0, let text else { fail("error: a process ended too early\n") }
        return String(String(cString: text).prefix { !$0.isNewline })
    }

    func expect(_ word: String) {
        let line = line()
        if line != word { fail("error: \(line) instead of \(word)\n") }
    }

    /// Reads until a line has a word.
    func wait(for word: String) { while !line().contains(word) {} }

    /// Ends the process; one that is done already stays so.
    func end() {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        fclose(output)
    }
}

/// A redis-server on a Unix socket in a temporary folder.
private final class RedisProcess {
    private let folder: String
    private let server: Child

    init() {
        var name = Array("/tmp/subsgen-benchmark-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { fail("error: no temporary folder\n") }
        folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        server = Child(["redis-server", "--port", "0", "--unixsocket", "\(folder)/redis.sock", "--dir", folder, "--save", "", "--logfile", ""])
        server.wait(for: "ready to accept")
    }

    var url: String { "unix://\(folder)/redis.sock" }

    func flush() {
        let client = Child(["redis-cli", "-s", "\(folder)/redis.sock", "FLUSHALL"])
        client.expect("OK")
        client.end()
    }

    /// How many entries like an event's a second redis-benchmark adds.
    func xadd(_ count: Int, pipeline: Int) -> Double {
        let client = Child([
            "redis-benchmark", "-s", "\(folder)/redis.sock", "-c", "1", "-P", "\(pipeline)", "-n", "\(count)", "--csv", "XADD", "subsgen:events:reading:0", "MAXLEN", "~",
            "1000000", "*", "topic", "reading", "payload", #"{"n":"100000"}"#, "from", "0123456789abcdef:100000",
        ])
        var line = client.line()
        if line.hasPrefix("\"test\"") { line = client.line() }
        client.end()
        // The command stands in quotes, with quotes and commas of its own: the numbers are the last seven.
        let columns = line.split(separator: ",")
        guard columns.count >= 8, let rate = Double(columns[columns.count - 7].filter { $0 != "\"" }) else { fail("error: redis-benchmark says \(line)\n") }
        return rate
    }

    func end() {
        server.end()
        unlink("\(folder)/redis.sock")
        rmdir(folder)
    }
}
