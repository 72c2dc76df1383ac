import SDLParser

/// "The member types of a Union type must all be Object base types" and are "unique" (spec section 3.8).
enum UnionMembers {
    static let code = DiagnosticCode(1018)

    static func check(_ type: TypeDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        var first: [TypeID: Int] = [:]
        for (position, member) in type.members.enumerated() where !assembled.isUnknown(member) {
            let name = assembled.schema[member].name
            if let known = first[member] {
                let nodes = type.memberNodes
                report.append(
                    Diagnostic(
                        code: code, "Union type \(type.name) can only include type \(name) once.", at: nodes[position],
                        notes: [("\(name) is first included here.", nodes[known])]))
            } else if assembled.schema[member].kind != .object {
                report.append(
                    Diagnostic(
                        code: code, "Union type \(type.name) can only include Object types, it cannot include \(name).",
                        at: type.memberNodes[position]))
            }
            if first[member] == nil { first[member] = position }
        }
    }
}

extension TypeDefinition {
    /// The definition and its extensions.
    var parts: [TypeDefinitionSyntax] {
        (syntax.map { [$0] } ?? []).appending(extensions).map { TypeDefinitionSyntax(node: $0) }
    }

    /// Where each of `members` stands.
    var memberNodes: [SyntaxNode] { parts.flatMap { $0.memberTypes.map(\.node) } }
    /// Where each of `interfaces` stands.
    var interfaceNodes: [SyntaxNode] { parts.flatMap { $0.interfaces.map(\.node) } }
}

extension Array {
    fileprivate func appending(_ others: [Element]) -> [Element] { self + others }
}
