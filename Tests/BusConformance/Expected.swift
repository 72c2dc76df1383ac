import Glibc
import SubsgenRuntime

/// What other threads bring, in order: who takes waits for it, and fails where nothing comes for long.
///
/// `@unchecked Sendable`: the values are touched under the mutex only, which stays where it is.
final class Expected<Value: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var values: [Value] = []

    init() {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        changed = .allocate(capacity: 1)
        changed.initialize(to: pthread_cond_t())
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        changed.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func put(_ value: Value) {
        pthread_mutex_lock(mutex)
        values.append(value)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// How many are there and not taken.
    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return values.count
    }

    func next(_ what: String) throws -> Value { try next(1, what)[0] }

    /// The next so many.
    func next(_ count: Int, _ what: String) throws -> [Value] {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += 60
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while values.count < count {
            guard pthread_cond_timedwait(changed, mutex, &deadline) == 0 else {
                throw BusFailure("\(count) were expected of \(what), and \(values.count) have come")
            }
        }
        defer { values.removeFirst(count) }
        return Array(values.prefix(count))
    }
}
