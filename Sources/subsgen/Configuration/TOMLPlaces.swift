import SDLParser

/// Where the keys of a TOML document stand, which its parser does not tell.
///
/// Looks at lines only, so that a key in the middle of one is found by the key at its start. For messages: it never fails.
struct TOMLPlaces {
    private struct Entry {
        let path: [String]
        let span: SourceSpan
    }

    private var entries: [Entry] = []
    private let bytes: [UInt8]
    private var position = 0

    init(_ source: Source) {
        bytes = source.bytes
        var table: [String] = []
        while position < bytes.count {
            let start = position
            skip { $0 == 0x20 || $0 == 0x09 }
            let isTable = accept(UInt8(ascii: "["))
            if isTable, accept(UInt8(ascii: "[")) { skip { $0 == 0x20 } }
            let keyStart = position
            if let key = dottedKey(), isTable || peek == UInt8(ascii: "=") {
                if isTable { table = [] }
                let span = SourceSpan(start: UInt32(clamping: keyStart), end: UInt32(clamping: keyStart + key.length))
                entries.append(Entry(path: table + key.parts, span: span))
                if isTable { table = key.parts }
            }
            position = max(position, start)
            skip { $0 != 0x0A }
            position += 1
        }
    }

    /// The place of a key, or of the nearest key that it is in; the start of the document where there is none.
    func span(of path: [String]) -> SourceSpan {
        let around = entries.filter { path.starts(with: $0.path) }
        let longest = around.map(\.path.count).max()
        return around.first { $0.path.count == longest }?.span ?? SourceSpan(start: 0, end: 0)
    }

    /// The place of a text in the value of a key; that of the key where it is written with escapes.
    func span(of text: String, at path: [String]) -> SourceSpan {
        let key = span(of: path)
        let text = Array(text.utf8)
        var start = Int(key.end)
        while !text.isEmpty, start + text.count <= bytes.count {
            if bytes[start] == text[0], bytes[start..<start + text.count].elementsEqual(text) {
                return SourceSpan(start: UInt32(clamping: start), end: UInt32(clamping: start + text.count))
            }
            start += 1
        }
        return key
    }

    /// The place of a line and column, both counted from 1, columns in characters.
    func span(line: Int, column: Int) -> SourceSpan {
        var start = 0
        for _ in 1..<max(line, 1) {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { break }
            start = end + 1
        }
        var left = column - 1
        while start < bytes.count, bytes[start] != 0x0A, left > 0 || bytes[start] & 0xC0 == 0x80 {
            if bytes[start] & 0xC0 != 0x80 { left -= 1 }
            start += 1
        }
        return SourceSpan(start: UInt32(clamping: start), end: UInt32(clamping: start))
    }

    // MARK: Reading keys

    private mutating func dottedKey() -> (parts: [String], length: Int)? {
        let start = position
        var parts: [String] = []
        var end = position
        repeat {
            skip { $0 == 0x20 || $0 == 0x09 }
            guard let part = simpleKey() else { return nil }
            parts.append(part)
            end = position
            skip { $0 == 0x20 || $0 == 0x09 }
        } while accept(UInt8(ascii: "."))
        return (parts, end - start)
    }

    private mutating func simpleKey() -> String? {
        guard let quote = peek else { return nil }
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            position += 1
            let start = position
            skip { $0 != quote && $0 != 0x0A }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            return accept(quote) ? text : nil
        }
        let start = position
        skip {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
        return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = peek, condition(byte) { position += 1 }
    }
}
