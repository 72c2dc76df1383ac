/// What `--watch` says: a line for each run, and what is wrong only once.
struct WatchReport {
    /// How a run ended.
    enum Outcome: Equatable {
        /// With what was done, in a line, and the warnings.
        case done(String, warnings: String)
        /// With what is wrong.
        case failed(String)
    }

    struct Text: Equatable {
        /// For standard output: a line without its end.
        var status: String
        /// For standard error, which comes first.
        var problems: String
    }

    let isColoured: Bool
    private var failure: String?
    private var warnings = ""

    init(isColoured: Bool) { self.isColoured = isColoured }

    /// What to say of a run that ended at a time of day and took some milliseconds.
    mutating func tell(_ outcome: Outcome, at time: String, milliseconds: UInt64) -> Text {
        defer {
            switch outcome {
            case .done(_, let warnings): (failure, self.warnings) = (nil, warnings)
            case .failed(let problems): failure = problems
            }
        }
        let (time, took) = (colour(time, "2"), colour("(\(milliseconds) ms)", "2"))
        switch outcome {
        case .done(let summary, let warnings):
            let mended = failure == nil ? "" : colour("mended", "32") + "; "
            return Text(status: "\(time) \(mended)\(summary) \(took)", problems: warnings == self.warnings ? "" : warnings)
        case .failed(let problems):
            let again = failure == problems ? " as before" : ""
            return Text(
                status: "\(time) \(colour("failed", "31"))\(again); waiting for a change \(took)", problems: again.isEmpty ? problems : "")
        }
    }

    private func colour(_ text: String, _ code: String) -> String { isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
