/// A template in as much of Mustache as generated files need: names, sections, inverted sections, comments and changed delimiters.
///
/// Nothing is escaped, nothing is included, and a section sees its own names only. A template is short and one file takes thousands of
/// turns of its sections, so that what costs is the rendering: it looks names up and appends text, and nothing else.
struct Template: Sendable {
    indirect enum Token: Sendable {
        case text(String)
        case value(name: String)
        /// Stands once for each item of a list, or where a flag is up; an inverted one where a list is empty or a flag is down.
        case section(name: String, isInverted: Bool, tokens: [Token])
    }

    private let tokens: [Token]

    /// Reads a template. Throws for what is no template.
    init(_ source: String) throws(TemplateError) {
        var parser = TemplateParser(source)
        tokens = try parser.parse()
    }

    /// What the template makes of `values`. Throws for names that it asks for in vain.
    func render(_ values: TemplateValues) throws(TemplateError) -> String {
        var rendering = TemplateRendering()
        rendering.append(tokens, values)
        if !rendering.missing.isEmpty { throw TemplateError("asks for \(rendering.list(rendering.missing)), which it is not given") }
        if !rendering.misused.isEmpty { throw TemplateError("takes a section for text, or text for a section: \(rendering.list(rendering.misused))") }
        return rendering.text
    }
}

/// What is wrong with a template, as a sentence that begins behind its name.
struct TemplateError: Error {
    let problem: String

    init(_ problem: String) { self.problem = problem }
}

/// One run of a template, which goes on after a mistake, to find them all.
private struct TemplateRendering {
    private(set) var text = ""
    private(set) var missing: Set<String> = []
    /// Sections that are used as text, and texts that are used as sections.
    private(set) var misused: Set<String> = []

    mutating func append(_ tokens: [Template.Token], _ values: TemplateValues) {
        for token in tokens {
            switch token {
            case .text(let literal): text += literal
            case .value(let name):
                switch values[name] {
                case .text(let value): text += value
                case .flag, .list: misused.insert(name)
                case nil: missing.insert(name)
                }
            case .section(let name, let isInverted, let tokens):
                switch values[name] {
                case .list(let items) where isInverted:
                    if items.isEmpty { append(tokens, values) }
                case .list(let items):
                    for item in items { append(tokens, item) }
                case .flag(let flag):
                    if flag != isInverted { append(tokens, values) }
                case .text: misused.insert(name)
                case nil: missing.insert(name)
                }
            }
        }
    }

    func list(_ names: Set<String>) -> String { names.sorted().joined(separator: ", ") }
}
