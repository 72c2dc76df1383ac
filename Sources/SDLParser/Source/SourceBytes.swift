/// The bytes of a document while it is being read, without a reference count in the way.
///
/// It is valid only inside the `withUnsafeBytes` call that made it; `Parser.parse` is the only caller that keeps one for
/// longer than an expression. Every read is checked against the end here and nowhere else: past the end there is nothing
/// but zero bytes, so that no caller needs a bound of its own.
struct SourceBytes {
    private let base: UnsafeRawBufferPointer
    let count: Int

    init(_ base: UnsafeRawBufferPointer) {
        self.base = base
        self.count = base.count
    }

    /// The byte at `index`, or 0 past the end.
    subscript(index: Int) -> UInt8 {
        @inline(__always) get { UInt(bitPattern: index) < UInt(bitPattern: count) ? base[index] : 0 }
    }

    /// Whether the bytes from `index` on are those of `text`.
    @inline(__always)
    func starts(with text: StaticString, at index: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        return text.withUTF8Buffer { text in
            var offset = 0
            while offset < length {
                if self[index &+ offset] != text[offset] { return false }
                offset &+= 1
            }
            return true
        }
    }

    /// The text of `range`, cut to what there is.
    func text(_ range: Range<Int>) -> String {
        String(decoding: base[range.clamped(to: 0..<count)], as: UTF8.self)
    }

    /// The index after the Unicode scalar that begins at `index`; the document is valid UTF-8 by then.
    func afterScalar(at index: Int) -> Int {
        var next = index + 1
        while self[next] & 0xC0 == 0x80 { next += 1 }
        return min(next, max(count, index))
    }

    /// The scalar that begins at `index`; nil at the end.
    func scalar(at index: Int) -> Unicode.Scalar? {
        index < count ? text(index..<afterScalar(at: index)).unicodeScalars.first : nil
    }
}

// Descriptions are most of a large schema's bytes. They, comments and indentation are passed over eight bytes at a time:
// in each word the top bit of a byte is set where the byte is one that the caller looks for.
extension SourceBytes {
    /// The index of the first `first` or `second` at or after `index`, or the end.
    @inline(__always)
    func firstIndex(of first: UInt8, or second: UInt8, from index: Int) -> Int {
        scan(from: index) { word in
            Self.zeroBytes(word ^ Self.repeated(first)) | Self.zeroBytes(word ^ Self.repeated(second))
        }
    }

    /// The index of the first byte at or after `index` that ends a run of plain characters inside a string: a quotation
    /// mark, a backslash or a line terminator; or the end.
    @inline(__always)
    func endOfPlainCharacters(from index: Int) -> Int {
        scan(from: index) { word in
            Self.zeroBytes(word ^ Self.repeated(.quotationMark)) | Self.zeroBytes(word ^ Self.repeated(.backslash))
                | Self.zeroBytes(word ^ Self.repeated(.lineFeed)) | Self.zeroBytes(word ^ Self.repeated(.carriageReturn))
        }
    }

    /// The index of the first byte at or after `index` that is no space, or the end.
    @inline(__always)
    func endOfSpaces(from index: Int) -> Int {
        scan(from: index) { word in
            // The bytes that are zero after the exclusive or are spaces; all others are looked for.
            ~Self.zeroBytes(word ^ Self.repeated(.space)) & Self.topBits
        }
    }

    @inline(__always)
    private func scan(from start: Int, _ matches: (UInt64) -> UInt64) -> Int {
        var index = start
        while index &+ 8 <= count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found = matches(word)
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count, matches(UInt64(base[index]) | ~0xFF) & 0x80 == 0 { index &+= 1 }
        return index
    }

    private static var topBits: UInt64 { 0x8080_8080_8080_8080 }

    @inline(__always)
    private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The top bit of each byte that is zero in `word`, exactly: no carry runs from one byte into the next.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        let low = ~topBits
        return ~(((word & low) &+ low) | word | low)
    }
}

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quotationMark: UInt8 = 0x22
    static let backslash: UInt8 = 0x5C

    /// Letter, digit or underscore (spec section 2.1.8, NameContinue).
    @inline(__always)
    var isNameContinue: Bool {
        // One bit for each of the 128 ASCII characters.
        let mask: UInt64 = self < 64 ? 0x03FF_0000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
        return self < 128 && (mask &>> UInt64(self & 63)) & 1 != 0
    }

    /// Letter or underscore (spec section 2.1.8, NameStart).
    var isNameStart: Bool { isNameContinue && !isDigit }

    /// Spec section 2.9.1, Digit.
    var isDigit: Bool { self &- 0x30 < 10 }

    /// The value of a hexadecimal digit.
    var hexDigitValue: UInt32? {
        switch self {
        case 0x30...0x39: UInt32(self) - 0x30
        case 0x41...0x46: UInt32(self) - 0x41 + 10
        case 0x61...0x66: UInt32(self) - 0x61 + 10
        default: nil
        }
    }
}
