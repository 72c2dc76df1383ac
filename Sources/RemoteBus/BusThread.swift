import Glibc

/// Threads of their own for what waits for sockets.
package enum BusThread {
    /// A function in a class of its own, for the way through C.
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs a function on a new thread, for which nobody waits. False where the system gives none.
    ///
    /// The host's signals are its own threads', and a connection that breaks while it is written to is no reason to end the process: the
    /// thread takes no signals.
    package static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, { body in
            if let body { Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
            return nil
        }, body.toOpaque())
        guard failure == 0 else {
            body.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Waits for an inbox, a connection or an instant, whichever is first; at most half a minute. What is ready of the connection, which may be nothing; nil where
    /// time has passed.
    package static func wait(for inbox: Int32, _ connection: (descriptor: Int32, interest: Int16)?, until instant: Instant?) -> Int16? {
        // A descriptor that is none is not looked at.
        var looked = [
            pollfd(fd: inbox, events: Int16(POLLIN), revents: 0), pollfd(fd: connection?.descriptor ?? -1, events: connection?.interest ?? 0, revents: 0),
        ]
        return poll(&looked, nfds_t(looked.count), milliseconds(to: instant)) > 0 ? looked[1].revents : nil
    }

    private static func milliseconds(to instant: Instant?) -> Int32 {
        guard let instant else { return 30_000 }
        let now = Instant.now
        if instant < now { return 0 }
        // Rounded up, since a thread that wakes too early only looks again.
        return Int32(min((instant - now).milliseconds + 1, 30_000))
    }
}
