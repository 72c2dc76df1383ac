import SDLParser

/// "DetectFragmentCycles: the graph of fragment spreads must not form any cycles" (spec section 5.5.2.2).
enum NoFragmentCyclesRule {
    static let code = DiagnosticCode(3019)

    /// A fragment on the way, and the spread of it that is being followed.
    private struct Step {
        let fragment: Int
        var spread = 0
    }

    /// Reports every cycle, and says whether there is any.
    static func check(_ document: OperationDocument, _ report: inout OperationReport) -> Bool {
        var hasCycles = false
        var visited = [Bool](repeating: false, count: document.fragments.count)
        // Where each fragment that is on the way stands on it.
        var positions = [Int?](repeating: nil, count: document.fragments.count)
        for fragment in document.fragments.indices where !visited[fragment] {
            // A stack of its own: the chain may be as long as the document.
            var path = [Step(fragment: fragment)]
            visited[fragment] = true
            positions[fragment] = 0
            while let step = path.last, !report.isFull {
                let spreads = document.fragmentSpreads[step.fragment]
                guard step.spread < spreads.count else {
                    positions[step.fragment] = nil
                    path.removeLast()
                    if !path.isEmpty { path[path.count - 1].spread += 1 }
                    continue
                }
                if let target = spreads[step.spread].fragment {
                    if let start = positions[target] {
                        hasCycles = true
                        append(path[start...].map { document.fragmentSpreads[$0.fragment][$0.spread].syntax }, &report)
                    } else if !visited[target] {
                        visited[target] = true
                        positions[target] = path.count
                        path.append(Step(fragment: target))
                        continue
                    }
                }
                path[path.count - 1].spread += 1
            }
        }
        return hasCycles
    }

    private static func append(_ cycle: [FragmentSpreadSyntax], _ report: inout OperationReport) {
        guard let first = cycle.first, let last = cycle.last else { return }
        let via = cycle.dropLast().map { "\"\($0.name)\"" }.joined(separator: ", ")
        report.add(
            code, "Cannot spread fragment \"\(last.name)\" within itself\(via.isEmpty ? "" : " via " + via).", at: first.span,
            and: cycle.dropFirst().map(\.span), note: "The cycle goes on here.")
    }
}
