/// A name that is looked for in events: its first eight bytes in one word, so that most names are told apart by one comparison.
struct NameKey: Sendable {
    private let word: UInt64
    private let mask: UInt64
    /// Where the name stands in the text of the plan.
    let start: UInt32
    let length: UInt32

    /// The key of a name that stands at `start` of the plan's text.
    init(_ name: some Collection<UInt8>, at start: Int) {
        var word: UInt64 = 0
        for (position, byte) in name.prefix(8).enumerated() { word |= UInt64(byte) << (UInt64(position) * 8) }
        self.word = word
        mask = name.count >= 8 ? .max : (1 << (UInt64(name.count) * 8)) - 1
        self.start = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: name.count)
    }

    /// Whether it is the `length` bytes at `offset` of a text of `count` bytes. `names` is the text of the plan.
    @inline(__always)
    func equals(_ text: UnsafeRawPointer, at offset: Int, length: Int, count: Int, names: UnsafeRawPointer) -> Bool {
        guard length == Int(self.length) else { return false }
        var position = 0
        if offset &+ 8 <= count {
            let found = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if (found ^ word) & mask != 0 { return false }
            position = 8
        }
        while position < length {
            let expected = names.load(fromByteOffset: Int(start) &+ position, as: UInt8.self)
            if text.load(fromByteOffset: offset &+ position, as: UInt8.self) != expected { return false }
            position &+= 1
        }
        return true
    }
}
