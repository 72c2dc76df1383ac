// Of C's globals `environ` alone is read, which nothing here changes.
@preconcurrency import Glibc

/// A program that is run to its end, on the command's own standard streams.
enum ChildProcess {
    /// Runs the program that the first argument names, as a shell would find it. Returns its exit status, or 128 and the number of the
    /// signal that ended it. Throws where it cannot be started.
    static func run(_ arguments: [String]) throws(SystemError) -> Int32 {
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer { words.forEach { free($0) } }
        words.append(nil)
        var child: pid_t = 0
        let code = posix_spawnp(&child, arguments[0], nil, nil, words, environ)
        if code != 0 { throw SystemError(code: code) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            if errno != EINTR { throw .last }
        }
        // What the macros of <sys/wait.h> read, which Swift does not import.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
