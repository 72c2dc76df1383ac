/// Finds the audiences of a topic that an event concerns, by hashing the event's values: what does not match costs nothing.
///
/// Audiences whose conditions read the same paths have one shape and one hash table. Of several lists in one audience's conditions
/// (IN), the shortest is hashed and the others are compared on the candidates, so that an audience has as many entries as that list.
struct EventIndex {
    private struct Shape {
        /// The paths whose values make the key, in the order of the key.
        let paths: [[String]]
        var audiences: [Key: [Audience]] = [:]
    }

    /// The values of a key; most have one.
    private struct Key: Hashable {
        let first: MatchKey
        let rest: [MatchKey]
    }

    /// So many keys of one event are looked up; an event whose lists make more is compared with each audience of the shape.
    private static let lookups = 4096

    private var unconditional: [Audience] = []
    private var shapes: [[[String]]: Shape] = [:]

    /// Conditions of one audience, parted by how they are found.
    private struct Plan {
        var paths: [[String]] = []
        var keys: [Key] = []

        init(_ conditions: [EventCondition]) {
            let lists = conditions.indices.filter { conditions[$0].keys.count != 1 }
            let hashedList = lists.min { conditions[$0].keys.count < conditions[$1].keys.count }
            let hashed = conditions.indices.filter { conditions[$0].keys.count == 1 || $0 == hashedList }
            paths = hashed.map { conditions[$0].path }
            var tuples: [[MatchKey]] = [[]]
            for position in hashed {
                // A value that a list holds twice is one entry.
                let values = Set(conditions[position].keys)
                tuples = tuples.flatMap { tuple in values.map { tuple + [$0] } }
            }
            keys = tuples.compactMap { tuple in tuple.first.map { Key(first: $0, rest: Array(tuple.dropFirst())) } }
        }
    }

    /// An audience with a condition that no value satisfies is never found.
    mutating func insert(_ audience: Audience) {
        if audience.conditions.isEmpty {
            unconditional.append(audience)
            return
        }
        let plan = Plan(audience.conditions)
        for key in plan.keys {
            shapes[plan.paths, default: Shape(paths: plan.paths)].audiences[key, default: []].append(audience)
        }
    }

    mutating func remove(_ audience: Audience) {
        if audience.conditions.isEmpty {
            unconditional.removeOne(audience)
            return
        }
        let plan = Plan(audience.conditions)
        for key in plan.keys {
            guard var found = shapes[plan.paths]?.audiences.removeValue(forKey: key) else { continue }
            found.removeOne(audience)
            if !found.isEmpty { shapes[plan.paths]?.audiences[key] = found }
        }
        if shapes[plan.paths]?.audiences.isEmpty == true { shapes[plan.paths] = nil }
    }

    /// Visits each audience that an event concerns. One that is found by several of the event's values may be visited more than once.
    func forEachMatch(of event: JSONValue, _ visit: (Audience) -> Void) {
        for audience in unconditional { visit(audience) }
        for shape in shapes.values { Self.find(event, in: shape, visit) }
    }

    private static func find(_ event: JSONValue, in shape: Shape, _ visit: (Audience) -> Void) {
        func candidates(_ audiences: [Audience]) {
            for audience in audiences where isSatisfied(audience.conditions, by: event) { visit(audience) }
        }
        if shape.paths.count == 1 {
            EventPath.forEachKey(at: shape.paths[0][...], in: event) { key in
                if let audiences = shape.audiences[Key(first: key, rest: [])] { candidates(audiences) }
            }
            return
        }
        var tuples: [[MatchKey]] = [[]]
        for path in shape.paths {
            let values = Set(EventPath.keys(at: path, in: event))
            guard tuples.count * values.count <= lookups else {
                for audiences in shape.audiences.values { candidates(audiences) }
                return
            }
            tuples = tuples.flatMap { tuple in values.map { tuple + [$0] } }
        }
        for tuple in tuples {
            guard let first = tuple.first, let audiences = shape.audiences[Key(first: first, rest: Array(tuple.dropFirst()))] else { continue }
            candidates(audiences)
        }
    }

    /// One condition was compared by its hash already where it is alone.
    private static func isSatisfied(_ conditions: [EventCondition], by event: JSONValue) -> Bool {
        conditions.count == 1 || conditions.allSatisfy { $0.matches(event) }
    }
}

extension [Audience] {
    fileprivate mutating func removeOne(_ audience: Audience) {
        guard let position = firstIndex(where: { $0 === audience }) else { return }
        swapAt(position, count - 1)
        removeLast()
    }
}
