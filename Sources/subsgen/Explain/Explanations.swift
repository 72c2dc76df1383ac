/// What the codes of messages mean: docs/validation.md, which is part of the command.
enum Explanations {
    struct Explanation {
        let code: String
        let title: String
        /// The whole part, its heading included.
        let text: String
    }

    /// In the order of the page, which is that of the codes.
    static var all: [Explanation] {
        let page = String(decoding: PackageResources.validation_md, as: UTF8.self)
        var explanations: [Explanation] = []
        var current: (code: String, title: String, lines: [Substring])?
        func end() {
            guard let (code, title, lines) = current else { return }
            let text = lines.reversed().drop(while: \.isEmpty).reversed().joined(separator: "\n")
            explanations.append(Explanation(code: code, title: title, text: text + "\n"))
        }
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") || line.hasPrefix("### SG") {
                end()
                current = nil
            }
            if line.hasPrefix("### SG") {
                let heading = line.dropFirst("### ".count)
                let code = heading.prefix { $0 != ":" }
                current = (String(code), String(heading.dropFirst(code.count + 2)), [heading])
            } else {
                current?.lines.append(line)
            }
        }
        end()
        return explanations
    }
}
