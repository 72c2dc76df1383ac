import Glibc

/// A file that the user named for a command's result.
enum OutputFile {
    /// Writes it whole: a reader sees the old text or the new one. What is no regular file, such as a pipe, is written to.
    static func write(_ text: String, to path: String) throws(SystemError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return try FileDescriptor(open(path, O_WRONLY | O_CLOEXEC)).writeAll(text.utf8)
        }
        let temporary = "\(path).\(getpid()).tmp"
        do throws(SystemError) {
            try FileDescriptor(open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)).writeAll(text.utf8)
            if rename(temporary, path) != 0 { throw SystemError.last }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
