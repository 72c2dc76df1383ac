import Glibc

/// A file with a certificate or a key.
enum PEMFile {
    /// What tells a file from the one that was there before, without reading it.
    struct Stamp: Sendable, Hashable {
        private let numbers: [Int]

        /// The file at a path, through links, as it is now; the same for all that cannot be looked at.
        init(_ path: String) {
            var found = stat()
            guard stat(path, &found) == 0 else {
                numbers = []
                return
            }
            numbers = [
                Int(bitPattern: UInt(found.st_dev)), Int(bitPattern: UInt(found.st_ino)), Int(found.st_size),
                found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ctim.tv_sec, found.st_ctim.tv_nsec,
            ]
        }
    }

    /// More than any chain needs: a device has no end.
    private static let mostBytes = 1 << 20

    /// The bytes of a file. `content` is what it should hold.
    static func read(_ path: String, _ content: String) throws(ServerError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, content, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path, content, errno)
            }
            bytes += part[..<count]
            if bytes.count > mostBytes { throw ServerError("The file of the \(content), \(path), is larger than a megabyte, and so no \(content).") }
        }
    }

    private static func failure(_ path: String, _ content: String, _ errno: CInt) -> ServerError {
        ServerError("The file of the \(content), \(path), cannot be read: \(String(cString: strerror(errno))).", errno: errno)
    }
}
