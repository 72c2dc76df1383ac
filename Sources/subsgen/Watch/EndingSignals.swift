import Glibc

/// Where the handler writes which signal came. A handler is given nothing, so that it has to be a global. Safe because it is set once,
/// before there is a handler, and a handler only reads it.
private nonisolated(unsafe) var pipeOfHandler: Int32 = -1

/// Ctrl-C and SIGTERM, as something to wait for. The second one ends the process as ever.
struct EndingSignals: ~Copyable {
    private let reading: FileDescriptor
    /// For `poll`.
    var number: Int32 { reading.number }

    /// Takes the signals from now on; call it once in a process.
    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        // A ~Copyable value is not left half made: nothing can fail once it holds its descriptor.
        guard pipe(&ends) == 0 else { throw .last }
        for end in ends where fcntl(end, F_SETFL, O_NONBLOCK) != 0 || fcntl(end, F_SETFD, FD_CLOEXEC) != 0 { throw .last }
        pipeOfHandler = ends[1]
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            let before = errno
            var byte = UInt8(truncatingIfNeeded: signal)
            _ = write(pipeOfHandler, &byte, 1)
            errno = before
        }
        // Whatever reads or writes then goes on; `poll` ends in any case.
        action.sa_flags = Int32(SA_RESTART) | Int32(bitPattern: UInt32(SA_RESETHAND))
        for signal in [SIGINT, SIGTERM] where sigaction(signal, &action, nil) != 0 { throw .last }
        reading = try FileDescriptor(ends[0])
    }

    /// The signal that came, if one did.
    func take() -> Int32? {
        var byte: UInt8 = 0
        return read(reading.number, &byte, 1) == 1 ? Int32(byte) : nil
    }

    /// Ends the process by a signal, so that whoever started it sees which: a shell then stops its script too.
    static func die(of signal: Int32) -> Never {
        raise(signal)
        exit(128 + signal)
    }
}
