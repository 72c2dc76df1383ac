import Synchronization

/// A value that is reached only under its lock: `Mutex` of the standard library.
///
/// ThreadSanitizer does not see the slow path of `Mutex` on Linux, which waits inside the standard library, and reports races
/// that are none. A build for it says `-Xswiftc -DTHREAD_SANITIZER` and gets the same lock over pthreads, which it understands.
///
/// The locks of the runtime, in the order in which a thread may take them while it holds others (left before right):
///
///     bus partition  ->  a dispatch partition's turn  ->  session  ->  topic registry  ->  replay  ->  topic  ->  outbox, resolver table, a subscription's place, a topic's feed, call gate
///
/// The last five are leaves, and so are the locks of the quota of subscriptions, of shared rate limits and of what is told of them, of what is due and of alarms, of those whose claims can be revoked, of what the memory bus keeps, of the replays that an outbox feeds, a call's own place, a dispatch partition's queue, a permit, who is told of traces and a crew's jobs; a
/// subscription's mailbox alone is taken under an outbox's lock. Messages are put into an outbox without its lock, unless its connection
/// goes. No host code runs under a topic registry's lock or one to the right of it. A waker and a resolver host
/// are called after a topic's lock is released; under the bus's lock or a turn, which is why they must not publish. A waker and
/// `ResolverHost.changed` are called under a session's lock too: they do not call the session. A supply round's lock is taken under the
/// bus partition's or a turn at most, and only the supplier table's under it. A crew's threads that help with an event take leaves only, while the
/// thread that they help holds the topic's lock and waits for them.
#if THREAD_SANITIZER
    import Glibc

    public struct Guarded<Value: ~Copyable>: ~Copyable {
        private let mutex: UnsafeMutablePointer<pthread_mutex_t>
        private let value: UnsafeMutablePointer<Value>

        public init(_ initial: consuming sending Value) {
            mutex = .allocate(capacity: 1)
            mutex.initialize(to: pthread_mutex_t())
            pthread_mutex_init(mutex, nil)
            value = .allocate(capacity: 1)
            value.initialize(to: initial)
        }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
        }

        public borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&value.pointee)
        }
    }

    /// The value is touched between lock and unlock only.
    extension Guarded: @unchecked Sendable where Value: ~Copyable {}
#else
    public typealias Guarded<Value: ~Copyable> = Mutex<Value>
#endif
