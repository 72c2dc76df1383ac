import Glibc

/// Counts what was signalled and not waited for: a thread sleeps until there is something.
///
/// `@unchecked Sendable`: the system's semaphore may be used by any thread, and stays where it is until nobody refers to this.
final class Semaphore: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        // A signal handler of the host's may interrupt it.
        while sem_wait(semaphore) != 0 {}
    }
}
