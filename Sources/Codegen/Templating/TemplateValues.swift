/// What a template, or one turn of a section in it, is given.
///
/// A name is looked up in the values of its own section only, never in those around it: a name that they lack is an error, so that
/// nothing is left out silently. Values are text as it will stand in the file; nothing is escaped.
public struct TemplateValues: Sendable, ExpressibleByDictionaryLiteral {
    public enum Value: Sendable {
        case text(String)
        /// Renders a section, or an inverted one, without a scope of its own.
        case flag(Bool)
        /// Renders a section once for each.
        case list([TemplateValues])
    }

    /// A handful of short names, which are found sooner one after another than by their hashes.
    private let values: [(name: String, value: Value)]

    init(values: KeyValuePairs<String, Value>) {
        self.values = values.map { (name: $0.key, value: $0.value) }
    }

    public init(dictionaryLiteral elements: (String, Value)...) {
        values = elements
    }

    subscript(name: String) -> Value? {
        for pair in values where pair.name == name { return pair.value }
        return nil
    }
}

extension TemplateValues.Value: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self = .text(text) }
}
