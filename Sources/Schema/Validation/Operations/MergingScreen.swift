import SDLParser

/// A quick look at whether all overlapping fields of a document can be merged (spec section 5.3.2): nearly linear in the document,
/// whatever it is made for.
///
/// It takes meeting for transitive. Selection sets that can be merged into one are a class: a set with the fragments that it
/// spreads, and the sets of two fields of one response name in one class. A class has one entry for each response name, with
/// which all its fields must agree. So a yes is certain, and a no is not: two sets that spread one fragment come into one class though
/// they may never meet, and so do those below objects of different types.
struct MergingScreen {
    /// What a field is, its place aside.
    private struct FieldKey: Equatable {
        let name: String
        let arguments: String
    }

    /// The fields of one response name in a class.
    private struct Entry {
        /// What those are whose parent is no object: they may meet any other.
        var anywhere: FieldKey?
        /// What those are whose parents are objects: fields of different objects do not meet.
        var onObjects: [TypeID: FieldKey] = [:]
        var type: TypeReference?
        /// The selection set of one of them; those of the others are of its class, or will be.
        var selections: Int?
    }

    private let schema: Schema
    /// The class that each selection set was taken into; itself for those that stand for their class.
    private var classes: [Int]
    private var entries: [[String: Entry]]
    /// Sets of one class that are not in one yet.
    private var waiting: [(Int, Int)] = []
    private var hasConflict = false

    /// Whether all fields are known to merge.
    static func allMerge(_ table: SelectionTable, _ schema: Schema) -> Bool {
        var screen = MergingScreen(table.sets.count, schema)
        for (index, set) in table.sets.enumerated() where !screen.hasConflict {
            for fragment in set.fragments { screen.waiting.append((index, table.fragments[fragment])) }
            for group in set.groups {
                for member in group.members {
                    screen.add(screen.entry(of: member, table), named: group.responseName, to: screen.representative(of: index))
                }
            }
        }
        screen.unite()
        return !screen.hasConflict
    }

    private init(_ count: Int, _ schema: Schema) {
        self.schema = schema
        classes = Array(0..<count)
        entries = Array(repeating: [:], count: count)
    }

    private func entry(of member: SelectedFields.Selected, _ table: SelectionTable) -> Entry {
        var entry = Entry(type: member.type, selections: member.selectionSet.flatMap { table.index(of: $0) })
        let key = FieldKey(name: member.name, arguments: member.arguments)
        if let parent = member.parent, schema[parent].kind == .object {
            entry.onObjects[parent] = key
        } else {
            entry.anywhere = key
        }
        return entry
    }

    private mutating func unite() {
        while let (left, right) = waiting.popLast(), !hasConflict {
            var (target, other) = (representative(of: left), representative(of: right))
            if target == other { continue }
            // The smaller class moves, so that no entry moves more often than the number of sets can be halved.
            if entries[target].count < entries[other].count { swap(&target, &other) }
            classes[other] = target
            let moved = entries[other]
            entries[other] = [:]
            for (name, entry) in moved { add(entry, named: name, to: target) }
        }
    }

    private mutating func add(_ entry: Entry, named name: String, to target: Int) {
        guard var known = entries[target].updateValue(entry, forKey: name) else { return }
        if let left = known.selections, let right = entry.selections { waiting.append((left, right)) }
        known.selections = known.selections ?? entry.selections
        hasConflict = hasConflict || !agree(&known, with: entry)
        entries[target][name] = known
    }

    /// Takes what another entry says into one, if they agree.
    private func agree(_ entry: inout Entry, with other: Entry) -> Bool {
        if let type = entry.type, let otherType = other.type, !schema.haveSameShape(type, otherType) { return false }
        entry.type = entry.type ?? other.type
        for (parent, key) in other.onObjects {
            if let known = entry.onObjects.updateValue(key, forKey: parent), known != key { return false }
        }
        if let anywhere = entry.anywhere {
            return (other.anywhere ?? anywhere) == anywhere && other.onObjects.values.allSatisfy { $0 == anywhere }
        }
        entry.anywhere = other.anywhere
        return other.anywhere.map { anywhere in entry.onObjects.values.allSatisfy { $0 == anywhere } } ?? true
    }

    private mutating func representative(of set: Int) -> Int {
        var set = set
        while classes[set] != set {
            classes[set] = classes[classes[set]]
            set = classes[set]
        }
        return set
    }
}
