import SDLParser

/// "Any Name within a GraphQL type system must not start with two underscores "__" unless it is part of the introspection
/// system" (spec section 2.1.9).
enum ReservedNames {
    static let code = DiagnosticCode(1011)

    static func check(_ name: String, _ node: SyntaxNode?, _ report: inout [Diagnostic]) {
        guard name.utf8.starts(with: "__".utf8), let node else { return }
        report.append(
            Diagnostic(
                code: code, "Name \"\(name)\" must not begin with \"__\", which is reserved by GraphQL introspection.", at: node))
    }
}
