import SubsgenRuntime

/// A JSON value as a plain tree: what a document is compared with.
indirect enum JSONModel: Equatable, Sendable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([JSONModel])
    case object([Member])

    struct Member: Equatable, Sendable {
        let key: String
        let value: JSONModel
    }

    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .boolean: self = .boolean(value.boolean == true)
        case .number: self = .number(value.numberText ?? "")
        case .string: self = .string(value.string ?? "")
        case .array: self = .array(value.elements.map(JSONModel.init))
        case .object: self = .object(value.members.map { Member(key: $0.key, value: JSONModel($0.value)) })
        }
    }

    /// A random value, at most `depth` containers deep.
    static func random(depth: Int, using random: inout SeededRandom) -> JSONModel {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2:
            let numbers = ["0", "-0", "7", "-12", "3.25", "1e5", "1E-7", "-0.0e+3", "123456789012345678901234567890"]
            return .number(numbers.randomElement(using: &random) ?? "0")
        case 3: return .string(randomText(using: &random))
        case 4: return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in self.random(depth: depth - 1, using: &random) })
        default:
            var keys: Set<[UInt8]> = []
            var members: [Member] = []
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                let key = randomText(using: &random)
                if keys.insert(Array(key.utf8)).inserted {
                    members.append(Member(key: key, value: self.random(depth: depth - 1, using: &random)))
                }
            }
            return .object(members)
        }
    }

    private static func randomText(using random: inout SeededRandom) -> String {
        let characters: [Unicode.Scalar] = [
            "a", "b", "z", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{0}", "\u{1F}", "é", "\u{7F}", "\u{7FF}", "\u{800}", "\u{FFFF}", "😀", "\u{10FFFF}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            text.unicodeScalars.append(characters.randomElement(using: &random) ?? "a")
        }
        return text
    }

    /// The value as text, with random whitespace and random ways of escaping.
    func text(using random: inout SeededRandom) -> String {
        let body: String =
            switch self {
            case .null: "null"
            case .boolean(let value): value ? "true" : "false"
            case .number(let text): text
            case .string(let text): Self.quoted(text, using: &random)
            case .array(let elements): "[" + Self.joined(elements.map { $0.text(using: &random) }, using: &random) + "]"
            case .object(let members):
                "{"
                    + Self.joined(
                        members.map { member in
                            Self.space(using: &random) + Self.quoted(member.key, using: &random) + Self.space(using: &random) + ":"
                                + member.value.text(using: &random)
                        }, using: &random) + "}"
            }
        return Self.space(using: &random) + body + Self.space(using: &random)
    }

    private static func joined(_ parts: [String], using random: inout SeededRandom) -> String {
        parts.isEmpty ? space(using: &random) : parts.joined(separator: ",")
    }

    private static func space(using random: inout SeededRandom) -> String {
        ["", "", "", " ", "\n", "\t\r "].randomElement(using: &random) ?? ""
    }

    private static func quoted(_ text: String, using random: inout SeededRandom) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || Int.random(in: 0..<4, using: &random) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
