import SDLParser

/// No rule of the spec, but of graphql-js: the lists of `__Type` nest less than three deep, since the answer grows with each level by
/// the size of the schema.
struct MaxIntrospectionDepthRule {
    static let code = DiagnosticCode(3034)

    private static let limit = 3
    private static let lists: Set<String> = ["fields", "interfaces", "possibleTypes", "inputFields"]

    /// What a selection set holds itself: how deep its lists nest, and which fragments stand how deep in them.
    private struct Selected {
        var depth = 0
        var spreads: [(fragment: Int, depth: Int)] = []
    }

    private let document: OperationDocument
    /// How deep the lists of each fragment nest, its spreads followed; made when it is first needed.
    private var fragmentDepths: [Int]?

    init(_ document: OperationDocument) {
        self.document = document
    }

    /// Checks `__schema` and `__type`. The document's fragments must not spread themselves.
    mutating func check(_ field: FieldSyntax, _ report: inout OperationReport) {
        guard field.name == "__schema" || field.name == "__type", let set = field.selectionSet else { return }
        let depths = fragmentDepths ?? depthsOfFragments()
        fragmentDepths = depths
        let selected = selected(by: set)
        let depth = selected.spreads.reduce(selected.depth) { max($0, $1.depth + depths[$1.fragment]) }
        if depth >= Self.limit { report.add(Self.code, "Maximum introspection depth exceeded", at: field.span) }
    }

    private func depthsOfFragments() -> [Int] {
        let selected = document.fragments.map { $0.selectionSet.map { self.selected(by: $0) } ?? Selected() }
        var users = [[(fragment: Int, depth: Int)]](repeating: [], count: selected.count)
        for (user, fragment) in selected.enumerated() {
            for spread in fragment.spreads { users[spread.fragment].append((user, spread.depth)) }
        }
        var depths = selected.map { min($0.depth, Self.limit) }
        // A fragment's depth rises a few times at most, and then its users are looked at again.
        var waiting = Array(selected.indices)
        while let fragment = waiting.popLast() {
            for user in users[fragment] {
                let depth = min(user.depth + depths[fragment], Self.limit)
                if depth > depths[user.fragment] {
                    depths[user.fragment] = depth
                    waiting.append(user.fragment)
                }
            }
        }
        return depths
    }

    private func selected(by set: SelectionSetSyntax) -> Selected {
        var selected = Selected()
        var waiting = [(set: set, depth: 0)]
        while let (set, depth) = waiting.popLast() {
            selected.depth = max(selected.depth, depth)
            for selection in set.selections {
                switch selection {
                case .field(let field):
                    let depth = depth + (Self.lists.contains(field.name) ? 1 : 0)
                    selected.depth = max(selected.depth, depth)
                    if let inner = field.selectionSet { waiting.append((inner, depth)) }
                case .inlineFragment(let fragment):
                    if let inner = fragment.selectionSet { waiting.append((inner, depth)) }
                case .fragmentSpread(let spread):
                    if let fragment = document.fragment(named: spread.name) { selected.spreads.append((fragment, depth)) }
                }
            }
        }
        return selected
    }
}
