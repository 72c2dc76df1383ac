/// A JSON value, and its text.
public indirect enum JSONText: Sendable {
    case null
    case boolean(Bool)
    case string(String)
    case number(Int)
    case array([JSONText])
    /// The members keep their order.
    case object([(key: String, value: JSONText)])

    /// Two spaces a level, and a line feed at the end, as people and version control like it.
    public var text: String {
        var text = ""
        write(to: &text, lineStart: "\n")
        return text + "\n"
    }

    /// All in one line, and a line feed at the end.
    public var line: String {
        var text = ""
        write(to: &text, lineStart: nil)
        return text + "\n"
    }

    /// What stands in several lines has each begin with `lineStart`; in one line there is none.
    private func write(to text: inout String, lineStart: String?) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .string(let value): Self.write(value, to: &text)
        case .number(let value): text += String(value)
        case .array(let values):
            Self.write(values, "[", "]", to: &text, lineStart) { value, text, inner in value.write(to: &text, lineStart: inner) }
        case .object(let members):
            Self.write(members, "{", "}", to: &text, lineStart) { member, text, inner in
                Self.write(member.key, to: &text)
                text += ": "
                member.value.write(to: &text, lineStart: inner)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, _ lineStart: String?,
        _ one: (Element, inout String, String?) -> Void
    ) {
        if elements.isEmpty { return text += open + close }
        let inner = lineStart.map { $0 + "  " }
        text += open
        for (position, element) in elements.enumerated() {
            text += (position == 0 ? "" : ",") + (inner ?? "")
            one(element, &text, inner)
        }
        text += (lineStart ?? "") + close
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // Control characters, and the line ends of JavaScript.
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
