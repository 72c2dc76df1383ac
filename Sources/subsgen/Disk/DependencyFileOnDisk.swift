import Codegen
import Glibc

/// The file of `--depfile`.
enum DependencyFileOnDisk {
    /// Writes it whole, or leaves it where it already says the same.
    static func write(_ path: String, target: String, prerequisites: [String]) throws(Failure) {
        guard let text = DependencyFile.text(target: target, prerequisites: prerequisites) else {
            throw Failure(.unwritableOutput, "cannot write \(path): Make has no spelling for a path with a line break.")
        }
        let temporary = "\(path).\(getpid()).tmp"
        do throws(SystemError) {
            if let old = try? FileDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).readAll(), old.elementsEqual(text.utf8) { return }
            try FileDescriptor(open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)).writeAll(text.utf8)
            if rename(temporary, path) != 0 { throw .last }
        } catch {
            unlink(temporary)
            throw Failure(.unwritableOutput, "cannot write \(path): \(error.reason).")
        }
    }
}
