import Glibc

/// Standard output and standard error, unbuffered.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Writes all of the text. A reader that went away is no mistake of ours.
    func write(_ text: String) {
        var remaining = Array(text.utf8)[...]
        while !remaining.isEmpty {
            let count = remaining.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            remaining = remaining.dropFirst(count)
        }
    }

    /// Whether its reader sees colours: a terminal that can, and a user who did not say no (no-color.org).
    var showsColour: Bool { isTerminal && Self.environment("NO_COLOR").isEmpty }

    /// Whether its reader is a person at a terminal that can take back what it shows.
    var isTerminal: Bool { isatty(rawValue) == 1 && Self.environment("TERM") != "dumb" }

    /// A variable; empty where it is not set.
    static func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
}
