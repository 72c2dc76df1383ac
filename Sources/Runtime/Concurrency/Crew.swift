import Glibc

/// Threads that do what they are given, started when there is something to do. They end with the crew.
///
/// A fork takes no threads along: in the child nobody takes a job, and who gives one is told so.
final class Crew: Sendable {
    /// A function in a structure of its own, as whatever a lock guards.
    private struct Job: Sendable {
        let run: @Sendable () -> Void
    }

    private struct State: Sendable {
        var jobs = Queue<Job>()
        /// Threads that have nothing to do, or will have when they have started.
        var idle = 0
        var threads: [pthread_t] = []
        var hasStarted = false
        var isOver = false
    }

    /// What the threads share with the crew. They do not hold the crew itself, so that it can end.
    private final class Board: Sendable {
        /// Guards the jobs and the threads. A leaf.
        let state = Guarded(State())
        /// Signalled once for each job, and once for each thread at the end.
        let hasNews = Semaphore()

        private let name: String

        init(name: String) { self.name = name }

        /// What a thread does from its start to its end.
        func work() {
            tellName()
            while true {
                hasNews.wait()
                let (job, isOver) = state.withLock { state -> (Job?, Bool) in
                    let job = state.jobs.popFirst()
                    if job != nil { state.idle -= 1 }
                    return (job, state.isOver)
                }
                if let job {
                    job.run()
                    state.withLock { $0.idle += 1 }
                } else if isOver {
                    return
                }
            }
        }

        /// Names the thread for who looks at the process: by the file, since the function for it is not there for Swift.
        private func tellName() {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            var name = name
            _ = name.withUTF8 { write(file, $0.baseAddress, $0.count) }
            close(file)
        }
    }

    private let size: Int
    private let board: Board
    private let process = getpid()

    /// A crew of so many threads, which the system knows by a name of at most 15 bytes.
    init(name: String, size: Int) {
        self.size = size
        board = Board(name: name)
    }

    /// Waits for what the threads are doing, unless it is one of them; what nobody has begun is thrown away.
    deinit {
        let (threads, forgotten) = board.state.withLock { state -> ([pthread_t], Queue<Job>) in
            state.isOver = true
            defer { state.jobs = Queue() }
            return (state.threads, state.jobs)
        }
        _ = consume forgotten
        guard !isForked else { return }
        for _ in threads { board.hasNews.signal() }
        // The last who held the crew may be a job of its own, under locks for which the other threads wait.
        let isOwn = threads.contains { pthread_equal($0, pthread_self()) != 0 }
        for thread in threads {
            if isOwn { pthread_detach(thread) } else { pthread_join(thread, nil) }
        }
    }

    /// How many processors this process may use.
    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Whether this is a child of the process that made the crew, so that it has no threads.
    var isForked: Bool { getpid() != process }

    /// Gives a job to the thread that is free first. False where there is no thread: then nobody does it.
    func post(_ job: @escaping @Sendable () -> Void) -> Bool {
        if isForked { return false }
        let isTaken = board.state.withLock { state in
            start(&state)
            if state.threads.isEmpty { return false }
            state.jobs.append(Job(run: job))
            return true
        }
        if isTaken { board.hasNews.signal() }
        return isTaken
    }

    /// Gives a job to so many threads, to fewer where others are busy; perhaps to none.
    func summon(atMost count: Int, _ job: @escaping @Sendable () -> Void) {
        if count <= 0 || isForked { return }
        let summoned = board.state.withLock { state in
            start(&state)
            let free = min(count, state.idle - state.jobs.count)
            for _ in 0..<max(0, free) { state.jobs.append(Job(run: job)) }
            return free
        }
        for _ in 0..<max(0, summoned) { board.hasNews.signal() }
    }

    private func start(_ state: inout State) {
        if state.hasStarted { return }
        state.hasStarted = true
        // The host's signals are its own threads': a thread inherits the mask of the one that makes it.
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        for _ in 0..<size {
            var thread = pthread_t()
            let board = Unmanaged.passRetained(board)
            let failure = pthread_create(&thread, nil, { board in
                if let board { Unmanaged<Board>.fromOpaque(board).takeRetainedValue().work() }
                return nil
            }, board.toOpaque())
            guard failure == 0 else {
                // With those that there are: a crew that is too small is slow, and no more.
                board.release()
                break
            }
            state.threads.append(thread)
            state.idle += 1
        }
    }
}
