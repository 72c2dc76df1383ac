/// Looks for bytes that are not UTF-8.
enum InvalidUTF8 {
    /// The first bytes that are no part of a character; nil where all are.
    ///
    /// Schemas are ASCII but for some descriptions, so that eight bytes are passed at a time until one is not.
    static func find(in bytes: [UInt8]) -> Range<Int>? {
        var position = 0
        while true {
            let start = bytes.withUnsafeBytes { firstNonASCII(in: $0, from: position) }
            guard start < bytes.count else { return nil }
            // A character that is not ASCII has no ASCII byte, so a run of others is whole or wrong by itself.
            var end = start + 1
            while end < bytes.count, bytes[end] >= 0x80 { end += 1 }
            do {
                _ = try UTF8Span(validating: bytes.span.extracting(start..<end))
            } catch {
                return start + error.byteOffsets.lowerBound..<start + error.byteOffsets.upperBound
            }
            position = end
        }
    }

    private static func firstNonASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            position += 8
        }
        while position < bytes.count, bytes[position] < 0x80 { position += 1 }
        return position
    }
}
