import SDLParser

/// What selection sets select, by response name, fragments not followed: what the merging of overlapping fields is decided on.
/// Made once for each selection set.
final class SelectedFields {
    /// Fields that say the same: equal but for their places. A field with a selection of its own is alone.
    struct Selected {
        /// The type selected on; nil where it is not known.
        let parent: TypeID?
        let name: String
        /// The arguments in one spelling, whatever their order.
        let arguments: String
        let type: TypeReference?
        let selectionSet: SelectionSetSyntax?
        fileprivate(set) var fields: [FieldSyntax]
    }

    struct Group {
        let responseName: String
        fileprivate(set) var members: [Selected]
        fileprivate var leaves: [LeafKey: Int] = [:]
    }

    fileprivate struct LeafKey: Hashable {
        let parent: TypeID?
        let name: String
        let arguments: String
    }

    /// In the order of the document.
    private(set) var groups: [Group] = []
    /// The fragments that are spread, each once, in the order of the document.
    private(set) var fragments: [Int] = []
    private var positions: [String: Int] = [:]

    init(_ set: SelectionSetSyntax?, of parent: TypeID?, _ document: OperationDocument) {
        guard let set else { return }
        var seen: Set<Int> = []
        collect(set, of: parent, document, &seen)
    }

    func position(of responseName: String) -> Int? { positions[responseName] }

    /// The groups of both that have one response name, in the order of the first.
    func groups(sharedWith other: SelectedFields) -> [(Group, Group)] {
        if groups.count <= other.groups.count {
            return groups.compactMap { group in other.position(of: group.responseName).map { (group, other.groups[$0]) } }
        }
        // The smaller one is searched through: a large selection set may be compared with a thousand small ones.
        return other.groups.compactMap { group in position(of: group.responseName).map { ($0, group) } }
            .sorted { $0.0 < $1.0 }
            .map { (groups[$0.0], $0.1) }
    }

    private func collect(_ set: SelectionSetSyntax, of parent: TypeID?, _ document: OperationDocument, _ seen: inout Set<Int>) {
        for selection in set.selections {
            switch selection {
            case .field(let field): add(field, of: parent, document)
            case .fragmentSpread(let spread):
                if let fragment = document.fragment(named: spread.name), seen.insert(fragment).inserted { fragments.append(fragment) }
            case .inlineFragment(let fragment):
                guard let inner = fragment.selectionSet else { continue }
                let type = fragment.typeCondition.map { document.compositeType($0) } ?? parent
                collect(inner, of: type, document, &seen)
            }
        }
    }

    private func add(_ field: FieldSyntax, of parent: TypeID?, _ document: OperationDocument) {
        let arguments = ArgumentText.text(of: field.arguments)
        let set = field.selectionSet
        let position = positions[field.responseKey] ?? groups.count
        if position == groups.count {
            positions[field.responseKey] = position
            groups.append(Group(responseName: field.responseKey, members: []))
        }
        let key = LeafKey(parent: parent, name: field.name, arguments: arguments)
        if set == nil {
            if let known = groups[position].leaves[key] { return groups[position].members[known].fields.append(field) }
            groups[position].leaves[key] = groups[position].members.count
        }
        groups[position].members.append(
            Selected(
                parent: parent, name: field.name, arguments: arguments,
                // As in graphql-js, meta fields are of no type here: what they return never decides.
                type: parent.flatMap { document.schema[$0].publicField(named: field.name)?.type }, selectionSet: set, fields: [field]))
    }
}

/// The selection sets of a document that belong to an operation, a fragment or a field, and what each selects.
struct SelectionTable {
    private(set) var sets: [SelectedFields] = []
    /// The index of each fragment's set.
    private(set) var fragments: [Int] = []
    private var indices: [Int: Int] = [:]

    init(_ document: OperationDocument) {
        // Sets whose fields are still to be looked into are at the end.
        var waiting: [(set: SelectionSetSyntax?, parent: TypeID?)] = []
        for fragment in document.fragments {
            fragments.append(waiting.count)
            waiting.append((fragment.selectionSet, document.compositeType(fragment.typeCondition)))
        }
        for operation in document.operations {
            waiting.append((operation.selectionSet, document.schema.rootType(for: operation.operation)))
        }
        while sets.count < waiting.count {
            let (set, parent) = waiting[sets.count]
            if let set { indices[set.node.id] = sets.count }
            let fields = SelectedFields(set, of: parent, document)
            sets.append(fields)
            for group in fields.groups {
                for member in group.members {
                    if let inner = member.selectionSet { waiting.append((inner, member.type?.named)) }
                }
            }
        }
    }

    func index(of set: SelectionSetSyntax) -> Int? { indices[set.node.id] }
}

extension Schema {
    /// SameResponseShape (spec section 5.3.2), what is selected aside.
    func haveSameShape(_ left: TypeReference, _ right: TypeReference) -> Bool {
        if left.wrappers != right.wrappers { return false }
        return left.named == right.named || self[left.named].isComposite && self[right.named].isComposite
    }
}

/// Arguments and values in one spelling: equal texts for what the spec calls the same arguments (section 5.3.2), in which neither
/// arguments nor fields of input objects have an order.
private enum ArgumentText {
    static func text(of arguments: [ArgumentSyntax]) -> String {
        if arguments.isEmpty { return "" }
        return arguments.map { $0.name + ":" + text(of: $0.value) }.sorted().joined(separator: ",")
    }

    private static func text(of value: ValueSyntax) -> String {
        switch value.content {
        case .list(let items): "[" + items.map { text(of: $0) }.joined(separator: ",") + "]"
        case .object(let fields): "{" + fields.map { $0.name + ":" + text(of: $0.value) }.sorted().joined(separator: ",") + "}"
        case .variable, .int, .float, .string, .boolean, .null, .enumeration: Printer.print(value)
        }
    }
}
