/// A document of the schema of `SharedPlanTests`, with holes for literals.
struct RandomOperation {
    private enum Part {
        case text(String)
        /// A hole for a literal that fits, more often than not.
        case literal([String])
    }

    static let events = [
        #"{"id":1,"room":7,"size":"x","kind":"Z","node":{"__typename":"Note","number":null},"next":{"id":null,"posts":[{"id":2},{}]},"posts":[{}]}"#,
        #"{"id":[],"node":{"__typename":"Kind"},"number":1.5,"text":{},"posts":[7]}"#, "7", "null",
    ]
    static let variables = [
        "null", #"{"s":"v","n":3,"yes":false}"#, #"{"s":null,"style":{"weights":1},"yes":true}"#, #"{"n":7}"#, #"{"n":"x"}"#, #"{"style":{"level":null},"yes":true}"#,
    ]

    private static let strings = [
        "\"\"", "\"a\"", "\"A\"", "\"\\u0041\"", "\"X\"", "\"7\"", "\"ab\"", "\"é😀\"", "\"\"\"\"\"\"", "\"\"\"a\"\"\"", "\"\"\"\n  a\r\n\r b\n\"\"\"", "\"#{\"", "\"$s\"",
    ]
    private static let ints = ["0", "1", "2", "12", "-0", "2147483647", "2147483648", "-2147483648", "99999999999999999999"]
    private static let floats = ["1.0", "0.5", "1e2", "-2.50", "1e999"]
    private static let others = ["X", "Y", "Z", "true", "false", "null", "$s", "$n", "$style", "[]", "[1, \"a\"]", "{}", "{level: 1}", "{a: 1}", "{b: \"b\"}", "{a: 1, b: \"b\"}"]

    private var parts: [Part] = []
    private var isNote = false
    private var excerpts = 0

    init(_ random: inout SeededRandom) {
        let isQuery = Int.random(in: 0..<20, using: &random) == 0
        if Int.random(in: 0..<12, using: &random) == 0 { add("\u{FEFF}") }
        if Int.random(in: 0..<8, using: &random) == 0 { add("# 1 \"a\" é\r\n") }
        if Int.random(in: 0..<10, using: &random) == 0 { add("\"\"\"about \"7\" \"\"\"") }
        if isQuery {
            add("query($s: String, $n: Int, $yes: Boolean = true, $style: Style) { __typename @include(if: $yes) __type(name: ")
            literal(Self.strings)
            add(") { name } ")
            if Int.random(in: 0..<2, using: &random) == 0 {
                add("hello(name: ")
                literal(Self.strings)
                add(") ")
            }
            add("}")
            return
        }
        add("subscription S($s: String = \"d\", $n: Int = 1, $yes: Boolean! = true, $style: Style = {mark: \"m\"}) ")
        if Int.random(in: 0..<4, using: &random) == 0 { add("@tag(name: \"1\", weight: 2) ") }
        add("{\n  ")
        isNote = Int.random(in: 0..<5, using: &random) == 0
        root(&random)
        if Int.random(in: 0..<4, using: &random) == 0 { root(&random) }
        add("...U }\nfragment U on Subscription { ")
        add(isEven(&random) ? "... { " : "... on Subscription { ")
        root(&random)
        add("} }\nfragment F on Node { id ... on Post @include(if: $yes) { room ")
        excerpt(&random)
        add("} }\nfragment V on Node { ... on Post { v: excerpt(length: $n, style: {mark: $s, inner: $style}) z: id @skip(if: $yes) } }")
    }

    private func isEven(_ random: inout SeededRandom) -> Bool { Bool.random(using: &random) }

    private mutating func add(_ text: String) { parts.append(.text(text)) }
    private mutating func literal(_ choices: [String]) { parts.append(.literal(choices)) }

    /// The same arguments each time, so that root fields may merge.
    private mutating func root(_ random: inout SeededRandom) {
        if isNote {
            add("note(text: ")
            literal(["\"t\"", "\"uu\"", "\"\\u0041\"", "\"t\""])
            add(", number: ")
            literal(["1", "2", "3", "4", "5", "2147483648"])
            add(") { id number ...F ...V text } ")
            return
        }
        add("post(id: ")
        literal(["\"1\"", "\"2\"", "\"\"\"3\"\"\"", "1", "2", "\"22\""])
        add(Int.random(in: 0..<3, using: &random) == 0 ? "\n, any: [" : ", any: [")
        literal(["1", "2", "30", "\"x\"", "2.5"])
        add("]) {\n    ")
        add("...F ")
        if isEven(&random) { excerpt(&random) }
        if isEven(&random) { add("node { id ... on Note { number } } ") }
        if isEven(&random) { tags(&random) }
        if Int.random(in: 0..<3, using: &random) == 0 { add("size kind next { id posts { id room @skip(if: $yes) } } ") }
        add("id ...V }\n")
    }

    private mutating func excerpt(_ random: inout SeededRandom) {
        excerpts += 1
        if Int.random(in: 0..<6, using: &random) > 0 { add("e\(excerpts): ") }
        add("excerpt(length: ")
        literal(["3", "4", "50", "$n"])
        if isEven(&random) {
            add(", style: {mark: ")
            literal(Self.strings)
            add(" weights: ")
            literal(["1", "[1, 2.5]", "0.5"])
            add("}")
        }
        add(") ")
    }

    private mutating func tags(_ random: inout SeededRandom) {
        add("t\(parts.count): tags(one: {b: ")
        literal(Self.strings)
        add("} any: ")
        literal(["{a: 1}", "1", "\"\"\"\n\n\"\"\"", "[$s, 2]"])
        add(") ")
    }

    /// Mostly with holes of one kind filled alike, since equal arguments merge.
    func text(_ random: inout SeededRandom) -> String {
        let variant = Int.random(in: 0..<6, using: &random)
        return parts.map { part in
            switch part {
            case .text(let text): return text
            case .literal(let choices):
                let pool = switch Int.random(in: 0..<80, using: &random) {
                case 0: Self.ints
                case 1: Self.floats
                case 2: Self.others
                case 3: Self.strings
                case 4: choices
                default: [choices[variant % choices.count]]
                }
                return pool.randomElement(using: &random) ?? ""
            }
        }.joined()
    }
}
