/// The values that an event has at a path of field names.
enum EventPath {
    /// Visits the leaf values at `path`. Where a list stands on the way, each of its elements is followed; what is missing, null or of
    /// another shape has no value (design section 4: it never matches).
    static func forEachKey(at path: ArraySlice<String>, in value: JSONValue, _ visit: (MatchKey) -> Void) {
        if value.kind == .array {
            for element in value.elements { forEachKey(at: path, in: element, visit) }
            return
        }
        guard let name = path.first else {
            if let key = MatchKey.of(value) { visit(key) }
            return
        }
        if let member = value[name] { forEachKey(at: path.dropFirst(), in: member, visit) }
    }

    /// All of them, in the order of the event.
    static func keys(at path: [String], in value: JSONValue) -> [MatchKey] {
        var keys: [MatchKey] = []
        forEachKey(at: path[...], in: value) { keys.append($0) }
        return keys
    }
}

extension EventCondition {
    /// Whether any value of the event at the path is one of the keys: a direct reading of the rule.
    func matches(_ event: JSONValue) -> Bool {
        var found = false
        EventPath.forEachKey(at: path[...], in: event) { key in
            if !found { found = keys.contains(key) }
        }
        return found
    }
}
