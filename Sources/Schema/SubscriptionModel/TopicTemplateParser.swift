/// Reads the text of `@topic(name:)`.
enum TopicTemplateParser {
    /// The template that a text writes, or what is wrong with it as the end of a sentence about the topic.
    static func parse(_ text: String) -> Result<TopicTemplate, Problem> {
        var segments: [TopicTemplate.Segment] = []
        var literal: [UInt8] = []
        var argument: [UInt8]?

        for byte in text.utf8 {
            switch (byte, argument) {
            case (UInt8(ascii: "{"), nil):
                if !literal.isEmpty { segments.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                argument = []
            case (UInt8(ascii: "{"), _): return .failure("has a brace inside braces")
            case (UInt8(ascii: "}"), nil): return .failure("closes a brace that it did not open")
            case (UInt8(ascii: "}"), let name?):
                if name.isEmpty { return .failure("has empty braces; they hold the name of an argument") }
                segments.append(.argument(String(decoding: name, as: UTF8.self)))
                argument = nil
            case (_, let name?): argument = name + [byte]
            case (_, nil):
                guard isLiteral(byte) else {
                    return .failure("may hold visible ASCII characters only, and neither a quotation mark, a backslash nor %")
                }
                literal.append(byte)
            }
        }
        if argument != nil { return .failure("does not close its brace") }
        if !literal.isEmpty { segments.append(.literal(String(decoding: literal, as: UTF8.self))) }
        if segments.isEmpty { return .failure("is empty") }
        if let problem = separationProblem(segments) { return .failure(problem) }
        return .success(TopicTemplate(segments: segments))
    }

    /// Two values must be told apart again, or the events of one pair would reach the subscribers of another.
    private static func separationProblem(_ segments: [TopicTemplate.Segment]) -> Problem? {
        var previous: String?
        var isSeparated = true
        for segment in segments {
            switch segment {
            case .literal(let text):
                if !text.utf8.allSatisfy(TopicTemplate.isUnencoded) { isSeparated = true }
            case .tenant: isSeparated = false
            case .argument(let name):
                if let previous, !isSeparated {
                    return "does not separate {\(previous)} from {\(name)}; put a character such as . or : between them"
                }
                previous = name
                isSeparated = false
            }
        }
        return nil
    }

    private static func isLiteral(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    struct Problem: Error, ExpressibleByStringInterpolation {
        let text: String
        init(stringLiteral text: String) { self.text = text }
    }
}

extension TopicTemplate {
    /// Whether the two can make the same topic, for some values of their arguments.
    func overlaps(_ other: TopicTemplate) -> Bool {
        let (left, right) = (atoms, other.atoms)
        // Reachable positions in `right` for the current position in `left`, found as for two regular expressions.
        var reachable = [Bool](repeating: false, count: right.count + 1)
        reachable[0] = true
        for row in 0...left.count {
            var next = [Bool](repeating: false, count: right.count + 1)
            for column in 0...right.count where reachable[column] {
                let atom = row < left.count ? left[row] : nil
                let otherAtom = column < right.count ? right[column] : nil
                // A value may be empty.
                if case .value? = otherAtom { reachable[column + 1] = true }
                if case .value? = atom { next[column] = true }
                switch (atom, otherAtom) {
                case (.byte(let byte)?, .byte(let otherByte)?): if byte == otherByte { next[column + 1] = true }
                case (.value?, .byte(let byte)?): if Self.isUnencoded(byte) { reachable[column + 1] = true }
                case (.byte(let byte)?, .value?): if Self.isUnencoded(byte) { next[column] = true }
                case (.value?, .value?), (nil, _), (_, nil): break
                }
            }
            if row == left.count { return reachable[right.count] }
            reachable = next
        }
        return false
    }

    private enum Atom {
        case byte(UInt8)
        case value
    }

    private var atoms: [Atom] {
        segments.flatMap { segment -> [Atom] in
            switch segment {
            case .literal(let text): text.utf8.map { .byte($0) }
            case .argument, .tenant: [.value]
            }
        }
    }
}
