/// What an index finds by the values of an event.
protocol ConditionIndexed: AnyObject {
    /// Names it among all that the index ever holds.
    var id: UInt64 { get }
    /// What every event has that concerns it: by this it is found.
    var condition: IndexedCondition { get }
    /// The last event of the index that concerned it, so that an event that leads to it twice concerns it once.
    var lastEvent: UInt64 { get set }
    /// Whether an event that may concern it does.
    func isConcerned(by event: UInt64, _ values: inout EventValues, of text: borrowing EventText) -> Bool
}

/// Finds by hashing what an event concerns: what does not match costs nothing.
///
/// Of each condition, what must be equal makes a key (`IndexKeys`). Conditions whose keys are of the same paths have one shape and one
/// table; an event is looked up once for each shape, and what is found there is compared with all of its condition. What has no such key
/// is compared with every event. Inserting and removing take a time that does not depend on how many there are.
struct ConditionIndex<Element: ConditionIndexed> {
    private struct Shape {
        let paths: [Int32]
        /// By the hash of the values; that of others may be the same.
        var entries = SplitDictionary<UInt64, Entry>()
    }

    private enum Entry {
        case one(Element)
        case several(Several)
    }

    /// The elements under one key.
    private final class Several {
        /// By id.
        var elements = SplitDictionary<UInt64, Element>()
    }

    private var shapes: [Shape] = []
    private var places: [[Int32]: Int] = [:]

    var isEmpty: Bool { shapes.isEmpty }

    /// Puts an element in for its condition; one that no event can satisfy is never found.
    mutating func insert(_ element: Element) {
        for keys in IndexKeys.keys(of: element.condition) {
            let place = place(of: keys.shape)
            for hash in keys.hashes { Self.insert(element, hash, &shapes[place].entries) }
        }
    }

    mutating func remove(_ element: Element) {
        for keys in IndexKeys.keys(of: element.condition) {
            guard let place = places[keys.shape] else { continue }
            for hash in keys.hashes { Self.remove(element, hash, &shapes[place].entries) }
            if shapes[place].entries.isEmpty { removeShape(at: place) }
        }
    }

    /// What an event concerns, each once, in no particular order. `event` is its number.
    func matches(of event: UInt64, _ values: inout EventValues, _ text: borrowing EventText) -> [Element] {
        var search = Search(event: event)
        for place in shapes.indices { search.find(in: shapes[place], &values, text) }
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

    private static func insert(_ element: Element, _ hash: UInt64, _ entries: inout SplitDictionary<UInt64, Entry>) {
        switch entries[hash] {
        case nil: entries[hash] = .one(element)
        case .one(let other):
            // Alternatives of one condition may have the same key.
            if other === element { return }
            let several = Several()
            several.elements[other.id] = other
            several.elements[element.id] = element
            entries[hash] = .several(several)
        case .several(let several): several.elements[element.id] = element
        }
    }

    private static func remove(_ element: Element, _ hash: UInt64, _ entries: inout SplitDictionary<UInt64, Entry>) {
        switch entries[hash] {
        case nil: return
        case .one(let other): if other === element { entries[hash] = nil }
        case .several(let several):
            several.elements[element.id] = nil
            if several.elements.isEmpty { entries[hash] = nil }
        }
    }

    // MARK: Searching

    /// So many keys of one event are looked up; an event whose lists make more is compared with each element of the shape.
    private static var lookups: Int { 4096 }

    /// The search for what one event concerns.
    private struct Search {
        let event: UInt64
        var found: [Element] = []

        init(event: UInt64) {
            self.event = event
        }

        mutating func find(in shape: Shape, _ values: inout EventValues, _ text: borrowing EventText) {
            var count = 1
            // Of an event that has one value at each path, the key.
            var hash = IndexKeys.seed
            for path in shape.paths {
                let leaves = values.leaves(at: Int(path), of: text)
                count *= min(leaves.count, lookups + 1)
                if count == 0 { return }
                if count > lookups {
                    shape.entries.forEach { _, entry in compare(entry, &values, text) }
                    return
                }
                hash = IndexKeys.combine(hash, values[leaves.lowerBound].hash)
            }
            if count == 1 {
                if let entry = shape.entries[hash] { compare(entry, &values, text) }
            } else {
                lookUp(IndexKeys.seed, shape.paths[...], in: shape, &values, text)
            }
        }

        /// Looks up the keys that begin with `hash` and go on with the event's values at `paths`.
        private mutating func lookUp(
            _ hash: UInt64, _ paths: ArraySlice<Int32>, in shape: Shape, _ values: inout EventValues, _ text: borrowing EventText
        ) {
            guard let path = paths.first else {
                if let entry = shape.entries[hash] { compare(entry, &values, text) }
                return
            }
            for leaf in values.leaves(at: Int(path), of: text) {
                lookUp(IndexKeys.combine(hash, values[leaf].hash), paths.dropFirst(), in: shape, &values, text)
            }
        }

        private mutating func compare(_ entry: Entry, _ values: inout EventValues, _ text: borrowing EventText) {
            switch entry {
            case .one(let element): compare(element, &values, text)
            case .several(let several): several.elements.forEach { _, element in compare(element, &values, text) }
            }
        }

        private mutating func compare(_ element: Element, _ values: inout EventValues, _ text: borrowing EventText) {
            // Several of the event's values may lead to it.
            guard element.lastEvent != event, element.isConcerned(by: event, &values, of: text) else { return }
            element.lastEvent = event
            found.append(element)
        }
    }
}
