/// What the command's exit status means (docs/reference/cli.md).
enum ExitStatus: Int32 {
    case success = 0
    /// The schema has mistakes, or `--check` found the package out of date.
    case mistakes = 1
    case usage = 2
    /// An input file is missing, unreadable, empty or no UTF-8.
    case unreadableInput = 3
    case unwritableOutput = 4
    /// Files that are not subsgen's to change stand where it would write.
    case refused = 5
    /// The package is written, and resolvers that somebody edited do not fit it.
    case misfit = 6
    /// A mistake in subsgen itself.
    case internalError = 70
}

/// Why the command ends without having done what it was asked for.
struct Failure: Error {
    let status: ExitStatus
    /// For standard error: whole lines.
    let text: String

    /// Text that stands already.
    init(_ status: ExitStatus, text: String) {
        self.status = status
        self.text = text
    }

    /// One message, with a line of its own for what to do.
    init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
        self.init(status, text: "error: \(message)\n" + (hint.map { "hint: \($0)\n" } ?? ""))
    }
}
