import Glibc

/// How far work on many files is: a line on a terminal, which goes away with the work. Elsewhere nothing is shown: in files and pipes, in
/// continuous integration, and on terminals that cannot take a line back.
struct Progress {
    /// Less work is done before anybody has read a line.
    private static let fewest = 100

    private let work: String
    private let total: Int
    private let isShown: Bool
    private var done = 0
    private var percent = -1

    /// `work` is what is done, in a word: `writing`.
    init(_ work: String, of total: Int, isQuiet: Bool = false) {
        self.work = work
        self.total = total
        isShown = total >= Self.fewest && !isQuiet && StandardStream.error.isTerminal && StandardStream.environment("CI").isEmpty
    }

    /// One of the files is done.
    mutating func step() {
        done += 1
        guard isShown, done * 100 / total != percent else { return }
        percent = done * 100 / total
        StandardStream.error.write("\r" + Self.line(work, done, of: total, columns: Self.columns) + "\u{1B}[K")
    }

    /// Takes the line back.
    func end() {
        if isShown { StandardStream.error.write("\r\u{1B}[K") }
    }

    /// `writing [######--------] 120/400`, no wider than the terminal.
    static func line(_ work: String, _ done: Int, of total: Int, columns: Int) -> String {
        let count = " \(done)/\(total)"
        // Two for the brackets, one for the space, and one that stays free, so that the cursor has a place.
        let width = min(40, columns - work.count - count.count - 4)
        guard width > 0 else { return String((work + count).prefix(max(columns - 1, 0))) }
        let filled = total > 0 ? min(width, width * done / total) : 0
        return work + " [" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]" + count
    }

    private static var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }
}
