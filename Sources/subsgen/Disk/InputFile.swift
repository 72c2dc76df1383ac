import Glibc
import SDLParser

/// The files that the user named.
enum InputFile {
    /// All of them, as `InputPaths` finds them, or what is wrong with each that cannot be read.
    static func readAll(_ arguments: [String], status: ExitStatus, isQuiet: Bool = false) throws(Failure) -> [Source] {
        let input = InputPaths(arguments)
        var lines = input.problems.map { "error: \($0).\n" }
        var sources: [Source] = []
        var progress = Progress("reading", of: input.paths.count, isQuiet: isQuiet)
        defer { progress.end() }
        for path in input.paths {
            progress.step()
            do throws(SystemError) {
                sources.append(Source(name: path, bytes: try FileDescriptor(open(path, O_RDONLY | O_CLOEXEC)).readAll()))
            } catch {
                let hint = error.code == ENOENT ? NearNames.hint(for: path).map { "hint: \($0)\n" } : nil
                lines.append("error: cannot read \(path): \(error.reason).\n" + (hint ?? ""))
            }
        }
        guard lines.isEmpty else { throw Failure(status, text: lines.joined()) }
        return sources
    }

    /// Fails for a schema file with nothing in it.
    static func refuseEmpty(_ sources: [Source]) throws(Failure) {
        for source in sources where source.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            throw Failure(
                .unreadableInput, "\(source.name) is empty.",
                hint: "Write a schema into it, such as `type Subscription { tick: Int! }`.")
        }
    }
}
