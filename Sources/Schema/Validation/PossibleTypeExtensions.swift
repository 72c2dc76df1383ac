import SDLParser

/// "The named type must already be defined and must be" of the extension's kind (spec sections 3.5.3 to 3.10.3).
enum PossibleTypeExtensions {
    static let code = DiagnosticCode(1010)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        let table = assembled.table
        for syntax in table.unmatchedExtensions {
            let name = syntax.name
            guard let id = table.ids[name] else {
                let names = table.types.lazy.filter { !$0.isBuiltIn }.map(\.name)
                report.append(
                    Diagnostic(
                        code: code,
                        "Cannot extend type \"\(name)\" because it is not defined."
                            + DidYouMean.sentence(for: name, among: names),
                        at: syntax.node))
                continue
            }
            let defined = table.types[id.index]
            if defined.isBuiltIn {
                report.append(
                    Diagnostic(code: code, "Cannot extend type \"\(name)\" because it is built into GraphQL.", at: syntax.node))
            } else {
                report.append(
                    Diagnostic(
                        code: code, "Cannot extend non-\(syntax.kind.words) type \"\(name)\".", at: syntax.node,
                        notes: [("\"\(name)\" is defined as \(defined.definition.kind.wordsWithArticle) type here.", defined.definition.node)]))
            }
        }
    }
}

extension TypeDefinition.Kind {
    /// As the spec calls types of this kind in running text.
    var words: String {
        switch self {
        case .scalar: "scalar"
        case .object: "object"
        case .interface: "interface"
        case .union: "union"
        case .enum: "enum"
        case .inputObject: "input object"
        }
    }

    var wordsWithArticle: String {
        switch self {
        case .scalar, .union: "a " + words
        case .object, .interface, .enum, .inputObject: "an " + words
        }
    }
}
