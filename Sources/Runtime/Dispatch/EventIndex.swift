/// Finds the audiences of a topic that an event concerns, by hashing the event's values: what does not match costs nothing.
///
/// Of each audience's condition, what must be equal makes a key (`IndexKeys`). Audiences whose keys are of the same paths have one
/// shape and one table; an event is looked up once for each shape, and who is found there is compared with all of its condition. Who
/// has no such key is compared with every event. Inserting and removing take a time that does not depend on how many there are.
struct EventIndex {
    private struct Shape {
        let paths: [Int32]
        /// By the hash of the values; that of others may be the same.
        var entries = SplitDictionary<UInt64, Entry>()
    }

    private enum Entry {
        case one(Audience)
        case several(AudienceSet)
    }

    /// The audiences under one key.
    private final class AudienceSet {
        /// By id.
        var audiences = SplitDictionary<UInt64, Audience>()
    }

    /// So many keys of one event are looked up; an event whose lists make more is compared with each audience of the shape.
    private static let lookups = 4096

    private var paths = EventPaths()
    private var shapes: [Shape] = []
    private var places: [[Int32]: Int] = [:]
    private var values = EventValues()
    private var event: UInt64 = 0

    /// Puts an audience in for what its conditions say; one that no event can satisfy is never found.
    mutating func insert(_ audience: Audience, _ conditions: [EventCondition]) {
        let condition = IndexedCondition(all: conditions, &paths)
        audience.condition = condition
        for keys in IndexKeys.keys(of: condition) {
            let place = place(of: keys.shape)
            for hash in keys.hashes { Self.insert(audience, hash, &shapes[place].entries) }
        }
    }

    mutating func remove(_ audience: Audience) {
        for keys in IndexKeys.keys(of: audience.condition) {
            guard let place = places[keys.shape] else { continue }
            for hash in keys.hashes { Self.remove(audience, hash, &shapes[place].entries) }
            if shapes[place].entries.isEmpty { removeShape(at: place) }
        }
    }

    /// The audiences that an event concerns, each once, in no particular order.
    mutating func matches(of event: JSONValue) -> [Audience] {
        self.event += 1
        values.reset(paths)
        var search = Search(event: self.event, values: values)
        values = EventValues()
        EventText.withText(of: event, paths) { text in
            for shape in shapes { search.find(in: shape, text) }
        }
        values = search.values
        return search.found
    }

    // MARK: Entries

    private mutating func place(of shape: [Int32]) -> Int {
        if let known = places[shape] { return known }
        places[shape] = shapes.count
        shapes.append(Shape(paths: shape))
        return shapes.count - 1
    }

    private mutating func removeShape(at place: Int) {
        places[shapes[place].paths] = nil
        shapes.swapAt(place, shapes.count - 1)
        shapes.removeLast()
        if place < shapes.count { places[shapes[place].paths] = place }
    }

    private static func insert(_ audience: Audience, _ hash: UInt64, _ entries: inout SplitDictionary<UInt64, Entry>) {
        switch entries[hash] {
        case nil: entries[hash] = .one(audience)
        case .one(let other):
            // Alternatives of one audience may have the same key.
            if other === audience { return }
            let several = AudienceSet()
            several.audiences[other.id] = other
            several.audiences[audience.id] = audience
            entries[hash] = .several(several)
        case .several(let several): several.audiences[audience.id] = audience
        }
    }

    private static func remove(_ audience: Audience, _ hash: UInt64, _ entries: inout SplitDictionary<UInt64, Entry>) {
        switch entries[hash] {
        case nil: return
        case .one(let other): if other === audience { entries[hash] = nil }
        case .several(let several):
            several.audiences[audience.id] = nil
            if several.audiences.isEmpty { entries[hash] = nil }
        }
    }

    // MARK: Searching

    /// The search for those that one event concerns.
    private struct Search {
        let event: UInt64
        var values: EventValues
        var found: [Audience] = []

        mutating func find(in shape: Shape, _ text: borrowing EventText) {
            var count = 1
            for path in shape.paths {
                count *= min(values.leaves(at: Int(path), of: text).count, lookups + 1)
                if count == 0 { return }
                if count > lookups {
                    shape.entries.forEach { _, entry in compare(entry, text) }
                    return
                }
            }
            lookUp(IndexKeys.seed, shape.paths[...], in: shape, text)
        }

        /// Looks up the keys that begin with `hash` and go on with the event's values at `paths`.
        private mutating func lookUp(_ hash: UInt64, _ paths: ArraySlice<Int32>, in shape: Shape, _ text: borrowing EventText) {
            guard let path = paths.first else {
                if let entry = shape.entries[hash] { compare(entry, text) }
                return
            }
            for leaf in values.leaves(at: Int(path), of: text) {
                lookUp(IndexKeys.combine(hash, values[leaf].hash), paths.dropFirst(), in: shape, text)
            }
        }

        private mutating func compare(_ entry: Entry, _ text: borrowing EventText) {
            switch entry {
            case .one(let audience): compare(audience, text)
            case .several(let several): several.audiences.forEach { _, audience in compare(audience, text) }
            }
        }

        private mutating func compare(_ audience: Audience, _ text: borrowing EventText) {
            // Several of the event's values may lead to it.
            guard audience.lastEvent != event, audience.condition.isSatisfied(by: &values, of: text) else { return }
            audience.lastEvent = event
            found.append(audience)
        }
    }
}
