/// A condition whose paths are places in the `EventPaths` of an index.
enum IndexedCondition: Sendable {
    case value(path: Int32, ValueTest)
    case isThere(path: Int32)
    case all([IndexedCondition])
    case any([IndexedCondition])
    indirect case not(IndexedCondition)
    indirect case each(IndexedCondition)

    init(_ condition: EventCondition, _ paths: inout EventPaths) {
        switch condition {
        case .value(let path, let test): self = .value(path: Int32(truncatingIfNeeded: paths.place(of: path)), test)
        case .isThere(let path): self = .isThere(path: Int32(truncatingIfNeeded: paths.place(of: path)))
        case .all(let conditions): self.init(all: conditions, &paths)
        case .any(let conditions): self = .any(conditions.map { IndexedCondition($0, &paths) })
        case .not(let condition): self = .not(IndexedCondition(condition, &paths))
        case .each(let condition): self = .each(IndexedCondition(condition, &paths))
        }
    }

    init(all conditions: [EventCondition], _ paths: inout EventPaths) {
        if conditions.count == 1 {
            self.init(conditions[0], &paths)
        } else {
            self = .all(conditions.map { IndexedCondition($0, &paths) })
        }
    }

    /// Whether an event satisfies it.
    func isSatisfied(by values: inout EventValues, of text: borrowing EventText) -> Bool {
        switch self {
        case .value(let path, let test):
            for leaf in values.leaves(at: Int(path), of: text) where test.passes(leaf, of: &values, text) { return true }
            return false
        case .isThere(let path): return values.hasValue(at: Int(path), of: text)
        case .all(let conditions):
            for condition in conditions where !condition.isSatisfied(by: &values, of: text) { return false }
            return true
        case .any(let conditions):
            for condition in conditions where condition.isSatisfied(by: &values, of: text) { return true }
            return false
        case .not(let condition): return !condition.isSatisfied(by: &values, of: text)
        case .each(let condition):
            if text.tape[text.root].kind != .array { return condition.isSatisfied(by: &values, of: text) }
            let elements = text.elements
            var inner = EventValues()
            for element in elements {
                inner.reset(pathCount: values.pathCount)
                if !condition.isSatisfied(by: &inner, of: text.at(element)) { return false }
            }
            return !elements.isEmpty
        }
    }
}

extension ValueTest {
    fileprivate func passes(_ leaf: Int, of values: inout EventValues, _ text: borrowing EventText) -> Bool {
        switch self {
        case .equals(let key): return values[leaf].key == key
        case .isIn(let keys): return keys.hasSorted(values[leaf].key)
        case .isNotIn(let keys): return !keys.hasSorted(values[leaf].key)
        case .hasPrefix(let key): return values[leaf].key.hasPrefix(key)
        case .contains(let key): return values[leaf].key.contains(key)
        case .lies(let lower, let upper):
            guard let value = values.ordered(leaf, of: text) else { return false }
            if let lower {
                guard let order = value.order(to: lower.value), order > 0 || order == 0 && lower.isIncluded else { return false }
            }
            if let upper {
                guard let order = value.order(to: upper.value), order < 0 || order == 0 && upper.isIncluded else { return false }
            }
            return true
        }
    }
}

// MARK: Keys

/// Under which keys an audience stands in an index: for each shape, hashes of the values that an event must have at its paths.
struct IndexKeys {
    /// The paths whose values make a key, in order; none for what cannot be found by a hash.
    let shape: [Int32]
    let hashes: [UInt64]

    /// An audience has at most so many entries; one with longer lists is compared with each event.
    private static let limit = 1024

    /// The keys of a condition: an event that satisfies it has one of them at least. Of no keys at all, that no event does.
    static func keys(of condition: IndexedCondition) -> [IndexKeys] {
        var conjuncts: [IndexedCondition] = []
        flatten(condition, into: &conjuncts)
        if let keys = equalities(conjuncts) { return [keys] }
        for case .any(let alternatives) in conjuncts {
            let keys = alternatives.map { Self.keys(of: $0) }
            let parts = keys.joined()
            let isHashed = parts.allSatisfy { !$0.shape.isEmpty }
            if isHashed, parts.reduce(0, { $0 + $1.hashes.count }) <= limit { return Array(parts) }
        }
        return [IndexKeys(shape: [], hashes: [seed])]
    }

    private static func flatten(_ condition: IndexedCondition, into conjuncts: inout [IndexedCondition]) {
        switch condition {
        case .all(let conditions): for condition in conditions { flatten(condition, into: &conjuncts) }
        // What each element has the event has, of which there is one at least.
        case .each(let condition): flatten(condition, into: &conjuncts)
        case .value, .isThere, .any, .not: conjuncts.append(condition)
        }
    }

    /// By all that one value must equal, and by the shortest list that another one must be in; nil where there is neither.
    private static func equalities(_ conjuncts: [IndexedCondition]) -> IndexKeys? {
        var values: [Int32: [MatchKey]] = [:]
        for case .value(let path, .equals(let key)) in conjuncts where values[path] == nil { values[path] = [key] }
        var shortest: (path: Int32, keys: [MatchKey])?
        for case .value(let path, .isIn(let keys)) in conjuncts where values[path] == nil && keys.count <= (shortest?.keys.count ?? limit + 1) - 1 {
            shortest = (path, keys)
        }
        if let shortest { values[shortest.path] = shortest.keys }
        guard !values.isEmpty else { return nil }
        let shape = values.keys.sorted()
        var hashes = [seed]
        for path in shape {
            let keys = values[path] ?? []
            hashes = hashes.flatMap { hash in keys.map { combine(hash, $0.hash) } }
        }
        return IndexKeys(shape: shape, hashes: hashes)
    }

    /// The hash of no values.
    static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The hash of values and of one more.
    @inline(__always)
    static func combine(_ hash: UInt64, _ value: UInt64) -> UInt64 {
        let mixed = (hash << 23 | hash >> 41) ^ value
        return (mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93
    }
}
