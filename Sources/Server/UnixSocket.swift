import Glibc

/// A socket of Unix that listens at a path, for `ServerConfiguration.socket` of one server or, handed on, of many processes'.
///
/// The file has the permissions that the umask leaves; who connects needs that to write.
public final class UnixSocket: Sendable {
    public let path: String
    /// Whoever uses it closes it.
    public let descriptor: CInt
    /// Which file it is: another process may put its own in its place.
    private let file: File

    private struct File: Sendable, Equatable {
        let device: dev_t
        let inode: ino_t
        /// When it was made, since file systems give the number of a file that is gone to the next. Whoever changes permissions leaves it.
        let seconds: time_t
        let nanoseconds: Int
    }

    /// Listens. A socket that is left of a process that has ended is replaced.
    public init(path: String, backlog: Int = 1024) throws(ServerError) {
        self.path = path
        var address = try Self.address(path)
        try Self.clear(path, &address)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        guard Self.with(&address, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, CInt(clamping: backlog)) == 0, let file = Self.file(path) else {
            let number = errno
            close(descriptor)
            throw Self.failure(path, number)
        }
        self.descriptor = descriptor
        self.file = file
    }

    /// Removes the file, unless it is another's by now.
    public func remove() {
        if Self.file(path) == file { unlink(path) }
    }

    private static func file(_ path: String) -> File? {
        var found = stat()
        guard lstat(path, &found) == 0 else { return nil }
        return File(device: found.st_dev, inode: found.st_ino, seconds: found.st_mtim.tv_sec, nanoseconds: found.st_mtim.tv_nsec)
    }

    /// Makes room for the socket, where what is there is a socket at which nobody listens.
    private static func clear(_ path: String, _ address: inout sockaddr_un) throws(ServerError) {
        var found = stat()
        if lstat(path, &found) != 0 {
            if errno == ENOENT { return }
            throw failure(path, errno)
        }
        guard found.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerError("The server cannot listen at \(path): there is a file that is no socket. Remove it, or name another path.", errno: EEXIST)
        }
        // Without waiting: where many wait to be accepted, somebody listens.
        let visitor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
        guard visitor >= 0 else { throw failure(path, errno) }
        defer { close(visitor) }
        if with(&address, { connect(visitor, $0, $1) }) == 0 || errno == EAGAIN { throw failure(path, EADDRINUSE) }
        guard errno == ECONNREFUSED, unlink(path) == 0 else { throw failure(path, errno) }
    }

    private static func address(_ path: String) throws(ServerError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        // The last byte is a zero.
        guard !bytes.isEmpty, !bytes.contains(0), bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw ServerError("The server cannot listen at \(path): the path of a socket has from 1 to 107 bytes.", errno: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func with(_ address: inout sockaddr_un, _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    private static func failure(_ path: String, _ number: CInt) -> ServerError {
        ServerError("The server cannot listen at \(path): \(String(cString: strerror(number))).", errno: number)
    }
}
