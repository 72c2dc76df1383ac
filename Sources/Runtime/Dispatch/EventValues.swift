/// The values that one event has at the paths of an index: each path is followed at most once, when it is first asked for.
///
/// It is used for one event after the other, so that none of them allocates.
struct EventValues {
    /// A string, number or boolean of the event.
    struct Leaf {
        /// Its place on the tape.
        let place: Int
        let key: MatchKey
        let hash: UInt64
    }

    /// What was found at a step.
    private struct Found {
        /// The event for which the ranges hold.
        var event: UInt64 = 0
        var leafEvent: UInt64 = 0
        /// In `places`: the values, lists opened.
        var places = 0..<0
        var leaves = 0..<0
    }

    private var event: UInt64 = 0
    private var found: [Found] = []
    private var places: [Int] = []
    private var allLeaves: [Leaf] = []
    /// The leaves as they are put in order, as far as somebody asked; the inner nil is for what has no order.
    private var allOrdered: [OrderedValue??] = []

    /// Begins with another event.
    mutating func reset(_ paths: borrowing EventPaths) { reset(pathCount: paths.steps.count) }

    /// The same, by how many steps the paths have.
    mutating func reset(pathCount: Int) {
        event += 1
        places.removeAll(keepingCapacity: true)
        allLeaves.removeAll(keepingCapacity: true)
        allOrdered.removeAll(keepingCapacity: true)
        if found.count < pathCount { found += Array(repeating: Found(), count: pathCount - found.count) }
    }

    var pathCount: Int { found.count }

    subscript(_ leaf: Int) -> Leaf { allLeaves[leaf] }

    /// A leaf as it is put in order, read once for all who compare with it; nil where it is no number or string.
    mutating func ordered(_ leaf: Int, of text: borrowing EventText) -> OrderedValue? {
        while allOrdered.count <= leaf { allOrdered.append(.none) }
        if let known = allOrdered[leaf] { return known }
        let value = text.ordered(allLeaves[leaf])
        allOrdered[leaf] = .some(value)
        return value
    }

    /// Where the leaf values at a path stand: what to give the subscript. What is missing, null or an object has none.
    mutating func leaves(at path: Int, of text: borrowing EventText) -> Range<Int> {
        if found[path].leafEvent == event { return found[path].leaves }
        let start = allLeaves.count
        for position in values(at: path, of: text) {
            let place = places[position]
            guard let key = MatchKey.of(text.tape[place], in: text.json) else { continue }
            allLeaves.append(Leaf(place: place, key: key, hash: key.hash))
        }
        found[path].leafEvent = event
        found[path].leaves = start..<allLeaves.count
        return start..<allLeaves.count
    }

    /// Whether anything but null stands at a path.
    mutating func hasValue(at path: Int, of text: borrowing EventText) -> Bool {
        for position in values(at: path, of: text) where text.tape[places[position]].kind != .null { return true }
        return false
    }

    /// Where a list stands on the way, each of its elements is followed.
    private mutating func values(at path: Int, of text: borrowing EventText) -> Range<Int> {
        if found[path].event == event { return found[path].places }
        var start = places.count
        if path == 0 {
            open(text.root, text)
        } else {
            let step = text.step(path)
            let parents = values(at: step.parent, of: text)
            start = places.count
            for parent in parents {
                if let value = text.member(step.name, of: places[parent]) { open(value, text) }
            }
        }
        found[path].event = event
        found[path].places = start..<places.count
        return start..<places.count
    }

    /// Adds a value, or the elements of a list and of the lists in it.
    private mutating func open(_ value: Int, _ text: borrowing EventText) {
        if text.tape[value].kind == .array { text.appendElements(of: value, to: &places) } else { places.append(value) }
    }
}

/// The memory of an event and of the paths that are followed in it. The pointers are valid inside `withText` only.
struct EventText: ~Copyable {
    let json: UnsafeRawBufferPointer
    let tape: UnsafeBufferPointer<JSONNode>
    /// The event's place on the tape.
    let root: Int
    private let steps: UnsafeBufferPointer<EventPaths.Step>
    private let names: UnsafeRawPointer

    static func withText<Result>(of event: JSONValue, _ paths: EventPaths, _ body: (borrowing EventText) -> Result) -> Result {
        event.storage.bytes.withUnsafeBytes { json in
            event.storage.tape.withUnsafeBufferPointer { tape in withText(json, tape, root: event.index, paths, body) }
        }
    }

    /// The same for a value on a tape that is lent already.
    static func withText<Result>(
        _ json: UnsafeRawBufferPointer, _ tape: UnsafeBufferPointer<JSONNode>, root: Int, _ paths: EventPaths,
        _ body: (borrowing EventText) -> Result
    ) -> Result {
        paths.steps.withUnsafeBufferPointer { steps in
            paths.text.withUnsafeBytes { names in
                body(
                    EventText(
                        json: json, tape: tape, root: root, steps: steps,
                        // An empty text is never read: every name is in it.
                        names: names.baseAddress ?? UnsafeRawPointer(StaticString("").utf8Start)))
            }
        }
    }

    /// The same for a value that stands in the event.
    func at(_ place: Int) -> EventText { EventText(json: json, tape: tape, root: place, steps: steps, names: names) }

    /// The elements of an event that is a list, and of the lists in it.
    var elements: [Int] {
        var places: [Int] = []
        appendElements(of: root, to: &places)
        return places
    }

    fileprivate func appendElements(of list: Int, to places: inout [Int]) {
        let end = Int(tape[list].next)
        var element = list &+ 1
        while element < end {
            // An array's elements follow it, so that going into it is going on.
            if tape[element].kind == .array {
                element &+= 1
            } else {
                places.append(element)
                element = Int(tape[element].next)
            }
        }
    }

    func step(_ place: Int) -> EventPaths.Step { steps[place] }

    /// The place of the value that an object has under a name.
    func member(_ name: NameKey, of object: Int) -> Int? {
        guard tape[object].kind == .object, let base = json.baseAddress else { return nil }
        let end = Int(tape[object].next)
        var key = object &+ 1
        while key < end {
            let start = Int(tape[key].start)
            let length = Int(tape[key].end) &- start
            let isFound =
                tape[key].flag ? isEscaped(key, name) : name.equals(base, at: start, length: length, count: json.count, names: names)
            if isFound { return key &+ 1 }
            key = Int(tape[key &+ 1].next)
        }
        return nil
    }

    private func isEscaped(_ key: Int, _ name: NameKey) -> Bool {
        let written = UnsafeRawBufferPointer(rebasing: json[Int(tape[key].start)..<Int(tape[key].end)])
        let expected = UnsafeRawBufferPointer(start: names + Int(name.start), count: Int(name.length))
        return JSONText.decoded(written).elementsEqual(expected)
    }

    /// The number or string at a place, as it is put in order; nil for others.
    func ordered(_ leaf: EventValues.Leaf) -> OrderedValue? {
        switch tape[leaf.place].kind {
        case .number: leaf.key.withBytes { .number(ExactNumber($0)) }
        case .string: leaf.key.withBytes { .text(Array($0)) }
        case .null, .boolean, .array, .object, .key: nil
        }
    }
}
