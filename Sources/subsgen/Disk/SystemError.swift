import Glibc

/// What the operating system said of a call that failed.
struct SystemError: Error {
    let code: Int32

    /// The error of the last call.
    static var last: SystemError { SystemError(code: errno) }

    /// In words: `No such file or directory`.
    var reason: String {
        switch code {
        case ELOOP: "it is a symbolic link, and subsgen writes nothing through links"
        case ENOTDIR: "something that is no folder stands in its place (symbolic links are not followed)"
        default: String(cString: strerror(code))
        }
    }
}

/// An open file descriptor, closed with its owner.
struct FileDescriptor: ~Copyable {
    let number: Int32

    /// Takes the outcome of `open` or `openat`.
    init(_ number: Int32) throws(SystemError) {
        guard number >= 0 else { throw .last }
        self.number = number
    }

    deinit { close(number) }

    /// Standard input, of which the process keeps its own descriptor.
    static func standardInput() throws(SystemError) -> FileDescriptor { try FileDescriptor(dup(STDIN_FILENO)) }

    /// All bytes from here to the end.
    func readAll() throws(SystemError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            if count == 0 { return content }
            content += chunk[..<count]
        }
    }

    func writeAll(_ bytes: some Collection<UInt8>) throws(SystemError) {
        var remaining = Array(bytes)[...]
        while !remaining.isEmpty {
            let count = remaining.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last }
            remaining = remaining.dropFirst(count)
        }
    }
}
