import Glibc

/// A file that the user named for a command's result.
enum OutputFile {
    /// Writes it whole: a reader sees the old text or the new one. What is no regular file, such as a pipe, is written to; a file
    /// that is there keeps its permissions, and a link goes on leading to it.
    static func write(_ text: String, to path: String) throws(SystemError) { try write(Array(text.utf8), to: path) }

    /// As for text.
    static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        var status = stat()
        let isThere = stat(path, &status) == 0
        if isThere, status.st_mode & S_IFMT != S_IFREG {
            return try FileDescriptor(open(path, O_WRONLY | O_CLOEXEC)).writeAll(bytes)
        }
        let file = isThere ? try resolve(path) : path
        let temporary = "\(file).\(getpid()).tmp"
        do throws(SystemError) {
            let descriptor = try FileDescriptor(open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666))
            if isThere, fchmod(descriptor.number, status.st_mode & 0o7777) != 0 { throw SystemError.last }
            try descriptor.writeAll(bytes)
            if rename(temporary, file) != 0 { throw SystemError.last }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// The path behind all links.
    static func resolve(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw SystemError.last }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
