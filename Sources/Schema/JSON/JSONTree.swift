import SDLParser

/// A JSON value and where it stands.
struct JSONTree {
    enum Content {
        case null
        case boolean(Bool)
        case number
        case string(String)
        case array([JSONTree])
        /// The members in the order of the text; no key twice.
        case object([(key: String, value: JSONTree)])
    }

    let content: Content
    let span: SourceSpan

    /// What it is, in a message.
    var kind: String {
        switch content {
        case .null: "null"
        case .boolean: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Why a text is no JSON.
struct JSONTreeError: Error {
    let message: String
    let span: SourceSpan
}
