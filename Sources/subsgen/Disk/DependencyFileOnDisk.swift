import Codegen
import Glibc

/// The file of `--depfile`.
enum DependencyFileOnDisk {
    /// Writes it whole, or leaves it where it already says the same.
    static func write(_ path: String, target: String, prerequisites: [String]) throws(Failure) {
        guard let text = DependencyFile.text(target: target, prerequisites: prerequisites) else {
            throw Failure(.unwritableOutput, "cannot write \(path): Make has no spelling for a path with a line break.")
        }
        do throws(SystemError) {
            if let old = try? FileDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).readAll(), old.elementsEqual(text.utf8) { return }
            try OutputFile.write(text, to: path)
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(path): \(error.reason).")
        }
    }
}
