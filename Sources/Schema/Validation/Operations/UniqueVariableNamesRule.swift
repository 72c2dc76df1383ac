import SDLParser

/// "For every variable in variables: no other variable of the operation has its name" (spec section 5.8.1).
enum UniqueVariableNamesRule {
    static let code = DiagnosticCode(3020)

    static func check(_ variables: [VariableDefinitionSyntax], _ report: inout OperationReport) {
        for group in variables.repeated(by: \.name) {
            report.add(
                code, "There can be only one variable named \"$\(group[0].name)\".", at: group[0].nameSpan,
                and: group.dropFirst().map(\.nameSpan), note: "\"$\(group[0].name)\" is defined again here.")
        }
    }
}

extension Array where Element: SyntaxView {
    /// The members of which there are several of one name, together, in the order of their first.
    func repeated(by name: (Element) -> String) -> [[Element]] {
        if count < 2 { return [] }
        var groups: [[Element]] = []
        var positions: [String: Int] = [:]
        for element in self {
            if let position = positions[name(element)] {
                groups[position].append(element)
            } else {
                positions[name(element)] = groups.count
                groups.append([element])
            }
        }
        return groups.filter { $0.count > 1 }
    }
}
