import CPython
import Glibc
import SubsgenRuntime
import Synchronization

/// What has something for one event loop to take, in order of arrival, and the descriptor that wakes the loop.
///
/// Any thread adds, also under the locks of the runtime: no Python object is touched, and the list's own lock is the innermost.
final class ReadyList: ResolverHost {
    /// Something for the loop to deal with.
    enum Entry: Sendable {
        case source(ReadySource)
        case call(ResolverCall)
    }

    private struct State: Sendable {
        var entries: [Entry] = []
        /// Whether the descriptor was written and the entries have not been taken since.
        var isSignalled = false
        /// Whether the loop is gone.
        var isClosed = false
    }

    /// Readable while there are entries.
    let descriptor: Int32
    /// Guards the entries and `ReadySource.isListed` of the sources in them.
    private let state = Guarded(State())

    init() throws(PythonError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system(errno) }
    }

    deinit { _ = Glibc.close(descriptor) }

    func add(_ entry: Entry) {
        let mustWake = state.withLock { state in
            if state.isClosed { return false }
            if case .source(let source) = entry, source.isListed.exchange(true, ordering: .relaxed) { return false }
            state.entries.append(entry)
            defer { state.isSignalled = true }
            return !state.isSignalled
        }
        // After `take` has read the descriptor and before this write the entry may be taken already: the loop wakes once for nothing.
        if mustWake { eventfd_write(descriptor, 1) }
    }

    /// Wakes the loop though nothing is added: there is something for it elsewhere.
    func wake() {
        let mustWake = state.withLock { state in
            if state.isClosed { return false }
            defer { state.isSignalled = true }
            return !state.isSignalled
        }
        if mustWake { eventfd_write(descriptor, 1) }
    }

    func start(_ call: ResolverCall) { add(.call(call)) }
    func changed(_ call: ResolverCall) { add(.call(call)) }

    /// Takes every entry. Never misses one: what is added later writes the descriptor again.
    func take() -> [Entry] {
        var counter: eventfd_t = 0
        // Fails where nothing was written: nothing to do about it.
        eventfd_read(descriptor, &counter)
        return state.withLock { state in
            state.isSignalled = false
            var taken: [Entry] = []
            swap(&taken, &state.entries)
            for case .source(let source) in taken { source.isListed.store(false, ordering: .relaxed) }
            return taken
        }
    }

    /// Lets go of what waits and takes nothing any more.
    func close() {
        // Let go after the lock is released, since a resolver call that is thrown away answers its topic.
        let forgotten = state.withLock { state in
            state.isClosed = true
            defer { state.entries = [] }
            return state.entries
        }
        _ = consume forgotten
    }
}

/// The runtime's side of a connection or subscription of Python: says which Python object has something to take.
///
/// `@unchecked Sendable`: `object` is touched under the interpreter lock only.
final class ReadySource: @unchecked Sendable {
    /// The Python object, not owned. Set when it is made, cleared when it goes; both under the interpreter lock, so that who finds
    /// it there, under that lock, may take a reference.
    var object: PythonObject?
    /// Whether the source waits in a list. Written under that list's lock.
    let isListed = Atomic<Bool>(false)
}
