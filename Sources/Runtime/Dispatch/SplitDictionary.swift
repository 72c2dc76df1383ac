/// A dictionary of many parts, so that no insertion moves more than the entries of one of them.
///
/// Extendible hashing: the low bits of a key's hash choose the part. A part that is full becomes two, by one more bit; the table of
/// parts, one number for about a thousand entries, doubles where a part used all of its bits.
struct SplitDictionary<Key: Hashable, Value> {
    private struct Part {
        var entries: [Key: Value] = [:]
        /// How many bits of the hash the entries have in common.
        var depth = 0
    }

    /// A part with more entries is split: as many as a dictionary of 2,048 places holds.
    private static var partSize: Int { 1536 }
    /// Keys whose hashes have so many bits in common stay together.
    private static var maximumDepth: Int { 28 }

    private var parts = [Part()]
    /// The part for each value of the low bits.
    private var table: [UInt32] = [0]
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    subscript(_ key: Key) -> Value? {
        get { parts[place(of: key)].entries[key] }
        set {
            let place = place(of: key)
            let before = parts[place].entries.count
            parts[place].entries[key] = newValue
            let after = parts[place].entries.count
            count += after - before
            if after > Self.partSize, parts[place].depth < Self.maximumDepth { split(place, key) }
            // What is empty gives its memory back.
            if after == 0, before > 0 { parts[place].entries = [:] }
        }
    }

    mutating func removeValue(forKey key: Key) -> Value? {
        guard let value = self[key] else { return nil }
        self[key] = nil
        return value
    }

    func forEach(_ body: (Key, Value) -> Void) {
        for part in parts {
            for (key, value) in part.entries { body(key, value) }
        }
    }

    var values: some Sequence<Value> { parts.lazy.flatMap(\.entries.values) }

    private func place(of key: Key) -> Int {
        table.count == 1 ? 0 : Int(table[key.hashValue & (table.count - 1)])
    }

    private mutating func split(_ place: Int, _ key: Key) {
        let bit = 1 << parts[place].depth
        if bit == table.count { table += table }
        parts[place].depth += 1
        let moved = parts[place].entries.filter { $0.key.hashValue & bit != 0 }
        parts[place].entries = parts[place].entries.filter { $0.key.hashValue & bit == 0 }
        for slot in stride(from: key.hashValue & (bit - 1) | bit, to: table.count, by: bit << 1) { table[slot] = UInt32(truncatingIfNeeded: parts.count) }
        parts.append(Part(entries: moved, depth: parts[place].depth))
    }
}
