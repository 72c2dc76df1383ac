import CHiredis
import Glibc

/// One connection, by hiredis's asynchronous interface, for one thread: whoever made it polls its descriptor for what interests it.
final class RedisConnection {
    /// What hiredis works on; nil when it has let go of the connection.
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private let receive: (RedisReply) -> Void
    /// What hiredis makes replies by; at one place as long as it may.
    private let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
    private let replies = UnsafeMutablePointer<ReplyArena>.allocate(capacity: 1)

    /// What `poll` is to look for.
    private(set) var interest: Int16 = 0
    /// Why there is no connection any more.
    private(set) var failure: String?

    /// Begins to connect. Names are looked up by the system, for which the thread waits. `receive` is called in `perform`, once for each command
    /// in the order in which they were sent; it must not call `close`.
    init(_ address: RedisAddress, receive: @escaping (RedisReply) -> Void) {
        self.receive = receive
        functions.initialize(to: ReplyArena.functions)
        replies.initialize(to: ReplyArena())
        let made =
            switch address {
            case .tcp(let host, let port): redisAsyncConnect(host, Int32(port))
            case .unix(let path): redisAsyncConnectUnix(path)
            }
        guard let made else {
            failure = "out of memory"
            return
        }
        if made.pointee.err != 0 {
            failure = Self.text(made)
            redisAsyncFree(made)
            return
        }
        // A program that the host starts must not keep the connection open when it is closed here.
        _ = fcntl(made.pointee.c.fd, F_SETFD, FD_CLOEXEC)
        context = made
        made.pointee.c.reader.pointee.fn = functions
        made.pointee.c.reader.pointee.privdata = UnsafeMutableRawPointer(replies)
        let this = Unmanaged.passUnretained(self).toOpaque()
        made.pointee.data = this
        made.pointee.ev.data = this
        made.pointee.ev.addRead = { RedisConnection.of($0)?.interest |= Int16(POLLIN) }
        made.pointee.ev.delRead = { RedisConnection.of($0)?.interest &= ~Int16(POLLIN) }
        made.pointee.ev.addWrite = { RedisConnection.of($0)?.interest |= Int16(POLLOUT) }
        made.pointee.ev.delWrite = { RedisConnection.of($0)?.interest &= ~Int16(POLLOUT) }
        // hiredis frees the context when it has told of the end, whoever brought that about.
        made.pointee.ev.cleanup = { RedisConnection.of($0)?.ended() }
        redisAsyncSetDisconnectCallback(made) { context, status in RedisConnection.note(context, status) }
        // Last: it asks to be told when the socket can be written.
        redisAsyncSetConnectCallback(made) { context, status in RedisConnection.note(context, status) }
    }

    deinit {
        close()
        replies.pointee.freeAll()
        replies.deinitialize(count: 1).deallocate()
        functions.deinitialize(count: 1).deallocate()
    }

    /// What `poll` is to look at; -1 where there is no connection.
    var descriptor: Int32 { context?.pointee.c.fd ?? -1 }

    /// Sends a command when the socket takes it.
    func send(_ command: RedisCommand) {
        guard let context else { return }
        command.bytes.withUnsafeBytes { bytes in
            _ = redisAsyncFormattedCommand(
                context,
                { context, reply, _ in
                    // Without a reply the connection ends, which is told otherwise.
                    guard let reply, let connection = RedisConnection.of(context?.pointee.data) else { return }
                    connection.receive(RedisReply(reply.assumingMemoryBound(to: redisReply.self).pointee))
                    connection.replies.pointee.clear()
                },
                nil, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }

    /// Writes what waits, as far as the socket takes it now.
    func flush() {
        if let context, interest & Int16(POLLOUT) != 0 { redisAsyncHandleWrite(context) }
    }

    /// Reads and writes what `poll` has found to be possible.
    func perform(_ found: Int16) {
        // Errors and hang-ups are told by the attempt to read.
        if found & Int16(POLLIN | POLLERR | POLLHUP) != 0, let context { redisAsyncHandleRead(context) }
        if found & Int16(POLLOUT) != 0, let context { redisAsyncHandleWrite(context) }
    }

    /// Gives the connection up at once. Commands that were not answered stay so.
    func close() {
        if let context { redisAsyncFree(context) }
    }

    private func ended() {
        failure = failure ?? "the connection was closed"
        context = nil
        interest = 0
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> RedisConnection? {
        pointer.map { Unmanaged<RedisConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func note(_ context: UnsafePointer<redisAsyncContext>?, _ status: Int32) {
        guard status != REDIS_OK, let context, let connection = of(context.pointee.data) else { return }
        connection.failure = text(context)
    }

    private static func text(_ context: UnsafePointer<redisAsyncContext>) -> String {
        guard let text = context.pointee.errstr, text.pointee != 0 else { return "the connection failed" }
        return String(cString: text)
    }
}
