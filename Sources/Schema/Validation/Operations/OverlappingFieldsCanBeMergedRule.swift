import SDLParser

/// "FieldsInSetCanMerge(set) must be true" (spec section 5.3.2): fields of one response name that can meet in one response must
/// be the same field with the same arguments, and what cannot meet must at least have the same shape.
///
/// Most documents are found good by `MergingScreen`. For the others the algorithm is that of graphql-js, so that its messages are the
/// same: each selection set is compared within itself and with the fragments that it spreads, each fragment with those beside it,
/// and pairs of fragments once only. That is polynomial, not linear, in a document that is made for it; so it has a budget of
/// comparisons and a limit of depth, and refuses a document that exceeds them. What people and tools write does not come near.
struct OverlappingFieldsCanBeMergedRule {
    static let code = DiagnosticCode(3032)
    static let tooComplex = DiagnosticCode(3033)

    /// Some fields of one response name that cannot be merged.
    private struct Conflict {
        let responseName: String
        let reason: Reason
        let first: [FieldSyntax]
        let second: [FieldSyntax]
    }

    private indirect enum Reason {
        case fields(String)
        case subfields([Conflict])

        var text: String {
            switch self {
            case .fields(let text): text
            case .subfields(let conflicts):
                conflicts.map { "subfields \"\($0.responseName)\" conflict because \($0.reason.text)" }.joined(separator: " and ")
            }
        }
    }

    /// Whether two fields are known never to be in one response: their parents, or those of fields around them, are different objects.
    private enum Meeting {
        case possible, never
    }

    private struct FieldsAndFragment: Hashable {
        let fields: ObjectIdentifier
        let fragment: Int
    }

    private struct FragmentPair: Hashable {
        let lower: Int
        let upper: Int

        init(_ left: Int, _ right: Int) {
            lower = min(left, right)
            upper = max(left, right)
        }
    }

    private static let budget = 200_000
    /// A conflict costs more than a comparison: it becomes a part of a message.
    private static let costOfConflict = 1_000
    /// How deep the selections of two fields are compared; a debug build needs 8 KiB of stack for each step.
    private static let depthLimit = 50

    private let document: OperationDocument
    private let table: SelectionTable
    /// Whether nothing is left to find out.
    private var isDone: Bool
    private var hasConflict = false
    private var budget = Self.budget
    private var depth = 0
    /// What inline fragments select, which are compared within themselves too.
    private var inlineFragments: [Int: SelectedFields] = [:]
    /// What has been compared. Where they can meet, everything has been; else their shapes only.
    private var comparedFragments: [FragmentPair: Meeting] = [:]
    private var comparedFields: [FieldsAndFragment: Meeting] = [:]

    init(_ document: OperationDocument) {
        self.document = document
        table = SelectionTable(document)
        isDone = MergingScreen.allMerge(table, document.schema)
    }

    /// Checks one selection set of the document.
    mutating func check(_ set: SelectionSetSyntax, of parent: TypeID?, _ report: inout OperationReport) {
        if isDone || report.isFull { return }
        let conflicts = conflicts(within: set, of: parent)
        for conflict in conflicts {
            hasConflict = true
            let fields = conflict.first + conflict.second
            report.add(
                Self.code,
                "Fields \"\(conflict.responseName)\" conflict because \(conflict.reason.text). Use different aliases on the fields to "
                    + "fetch both if this was intentional.",
                at: fields[0].span, and: fields.dropFirst().map(\.span), note: "It conflicts with this.")
        }
        guard budget <= 0 else { return }
        isDone = true
        // Where a conflict was found the document is refused for that.
        if hasConflict { return }
        report.add(
            Self.tooComplex,
            "The document selects too many fields of the same names in too many fragments to find out whether they can be merged.",
            at: set.span)
    }

    // MARK: Selection sets and fragments

    private mutating func conflicts(within set: SelectionSetSyntax, of parent: TypeID?) -> [Conflict] {
        let fields = selected(by: set, of: parent)
        var found: [Conflict] = []
        for group in fields.groups where group.members.count > 1 {
            for (index, member) in group.members.enumerated() where budget > 0 {
                for other in group.members[(index + 1)...] where budget > 0 {
                    compare(member, other, group.responseName, .possible, inDocumentOrder: true, &found)
                }
            }
        }
        for (index, fragment) in fields.fragments.enumerated() where budget > 0 {
            compare(fields, withFragment: fragment, .possible, &found)
            for other in fields.fragments[(index + 1)...] where budget > 0 { compare(fragment: fragment, with: other, .possible, &found) }
        }
        return found
    }

    private mutating func compare(_ left: SelectedFields, _ right: SelectedFields, _ meeting: Meeting, _ found: inout [Conflict]) {
        budget -= 1 + min(left.groups.count, right.groups.count)
        for (group, other) in left.groups(sharedWith: right) {
            for member in group.members where budget > 0 {
                for otherMember in other.members where budget > 0 { compare(member, otherMember, group.responseName, meeting, &found) }
            }
        }
    }

    private mutating func compare(_ fields: SelectedFields, withFragment fragment: Int, _ meeting: Meeting, _ found: inout [Conflict]) {
        // A stack of its own: chains of fragments may be as long as the document.
        var waiting = [fragment]
        while let fragment = waiting.popLast(), budget > 0 {
            let pair = FieldsAndFragment(fields: ObjectIdentifier(fields), fragment: fragment)
            guard Self.isNew(pair, meeting, &comparedFields) else { continue }
            let other = table.sets[table.fragments[fragment]]
            if other === fields { continue }
            compare(fields, other, meeting, &found)
            waiting.append(contentsOf: other.fragments.reversed())
        }
    }

    private mutating func compare(fragment: Int, with other: Int, _ meeting: Meeting, _ found: inout [Conflict]) {
        var waiting = [(fragment, other)]
        while let (first, second) = waiting.popLast(), budget > 0 {
            guard first != second, Self.isNew(FragmentPair(first, second), meeting, &comparedFragments) else { continue }
            let firstFields = table.sets[table.fragments[first]]
            let secondFields = table.sets[table.fragments[second]]
            compare(firstFields, secondFields, meeting, &found)
            waiting.append(contentsOf: firstFields.fragments.reversed().map { ($0, second) })
            waiting.append(contentsOf: secondFields.fragments.reversed().map { (first, $0) })
        }
    }

    /// Whether a pair has not been compared yet; from now on it has.
    private static func isNew<Pair>(_ pair: Pair, _ meeting: Meeting, _ compared: inout [Pair: Meeting]) -> Bool {
        switch (compared[pair], meeting) {
        case (.possible, _), (.never, .never): return false
        case (.never, .possible), (nil, _):
            compared[pair] = meeting
            return true
        }
    }

    private mutating func selected(by set: SelectionSetSyntax, of parent: TypeID?) -> SelectedFields {
        if let index = table.index(of: set) { return table.sets[index] }
        if let known = inlineFragments[set.node.id] { return known }
        let fields = SelectedFields(set, of: parent, document)
        inlineFragments[set.node.id] = fields
        return fields
    }

    // MARK: Fields

    private mutating func compare(
        _ left: SelectedFields.Selected, _ right: SelectedFields.Selected, _ responseName: String, _ meeting: Meeting,
        inDocumentOrder: Bool = false, _ found: inout [Conflict]
    ) {
        budget -= 1
        let meeting = isObject(left.parent) && isObject(right.parent) && left.parent != right.parent ? .never : meeting
        if conflict(of: left, right, meeting) != nil {
            for field in left.fields {
                for other in right.fields where budget > 0 {
                    // Of two selected in one set the first comes first, but several are collected where the first of them stands.
                    let isInOrder = !inDocumentOrder || field.node.id < other.node.id
                    let reason = isInOrder ? conflict(of: left, right, meeting) : conflict(of: right, left, meeting)
                    budget -= Self.costOfConflict
                    found.append(
                        Conflict(
                            responseName: responseName, reason: .fields(reason ?? ""), first: [isInOrder ? field : other],
                            second: [isInOrder ? other : field]))
                }
            }
            return
        }
        guard let leftSet = left.selectionSet, let rightSet = right.selectionSet else { return }
        guard depth < Self.depthLimit else {
            budget = 0
            return
        }
        depth += 1
        let inner = conflicts(between: leftSet, of: left.type?.named, rightSet, of: right.type?.named, meeting)
        depth -= 1
        if inner.isEmpty { return }
        found.append(
            Conflict(
                responseName: responseName, reason: .subfields(inner), first: left.fields + inner.flatMap(\.first),
                second: right.fields + inner.flatMap(\.second)))
    }

    private mutating func conflicts(
        between left: SelectionSetSyntax, of leftParent: TypeID?, _ right: SelectionSetSyntax, of rightParent: TypeID?,
        _ meeting: Meeting
    ) -> [Conflict] {
        let leftFields = selected(by: left, of: leftParent)
        let rightFields = selected(by: right, of: rightParent)
        var found: [Conflict] = []
        compare(leftFields, rightFields, meeting, &found)
        for fragment in rightFields.fragments { compare(leftFields, withFragment: fragment, meeting, &found) }
        for fragment in leftFields.fragments { compare(rightFields, withFragment: fragment, meeting, &found) }
        for fragment in leftFields.fragments where budget > 0 {
            for other in rightFields.fragments where budget > 0 { compare(fragment: fragment, with: other, meeting, &found) }
        }
        return found
    }

    /// Why two fields of one response name cannot be merged, their selections aside.
    private func conflict(of left: SelectedFields.Selected, _ right: SelectedFields.Selected, _ meeting: Meeting) -> String? {
        if meeting == .possible {
            if left.name != right.name { return "\"\(left.name)\" and \"\(right.name)\" are different fields" }
            if left.arguments != right.arguments { return "they have differing arguments" }
        }
        guard let type = left.type, let other = right.type, !document.schema.haveSameShape(type, other) else { return nil }
        let schema = document.schema
        return "they return conflicting types \"\(schema.name(of: type))\" and \"\(schema.name(of: other))\""
    }

    private func isObject(_ type: TypeID?) -> Bool { type.map { document.schema[$0].kind == .object } ?? false }
}
