import SDLParser

/// "The argument must have a unique name within that field; no two arguments may share the same name" (spec section 3.6; 3.13
/// for directives).
enum UniqueArgumentDefinitionNames {
    static let code = DiagnosticCode(1007)

    static func check(_ arguments: [InputValueDefinition], of owner: @autoclosure () -> String, _ report: inout [Diagnostic]) {
        guard arguments.count > 1 else { return }
        var first: [String: SyntaxNode] = [:]
        first.reserveCapacity(arguments.count)
        for argument in arguments {
            guard let node = argument.syntax else { continue }
            if let known = first[argument.name] {
                report.append(
                    Diagnostic(
                        code: code, "Argument \"\(owner())(\(argument.name):)\" can only be defined once.", at: node,
                        notes: [("\"\(argument.name)\" is first defined here.", known)]))
            } else {
                first[argument.name] = node
            }
        }
    }
}
