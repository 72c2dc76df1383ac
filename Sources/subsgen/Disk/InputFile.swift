import Glibc
import SDLParser

/// A schema file that the user named.
enum InputFile {
    /// Reads it. Fails for what is no readable file, and for an empty one.
    static func read(_ path: String) throws(Failure) -> Source {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try FileDescriptor(open(path, O_RDONLY | O_CLOEXEC)).readAll()
        } catch {
            throw Failure(.unreadableInput, "cannot read \(path): \(error.reason).")
        }
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            throw Failure(
                .unreadableInput, "\(path) is empty.", hint: "Write a schema into it, such as `type Subscription { tick: Int! }`.")
        }
        return Source(name: path, bytes: bytes)
    }
}
