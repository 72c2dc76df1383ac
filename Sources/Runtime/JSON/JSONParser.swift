/// Checks a JSON text and makes its tape, in one pass and without recursion.
struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    private let limits: JSONLimits
    private var tape: [JSONNode] = []
    private var index = 0
    /// The tape index of the innermost open container; while it is open, its `next` holds that of the one around it.
    private var open = Self.none
    private var depth = 0

    private static let none = UInt32.max

    static func tape(of bytes: [UInt8], limits: JSONLimits) throws(JSONSyntaxError) -> [JSONNode] {
        // Offsets have 32 bits.
        guard bytes.count < Int(Int32.max) else { throw JSONSyntaxError(.tooLarge, at: Int(Int32.max)) }
        let result: Result<[JSONNode], JSONSyntaxError> = bytes.withUnsafeBytes { buffer in
            var parser = JSONParser(buffer, limits: limits)
            do throws(JSONSyntaxError) {
                try parser.document()
                return .success(parser.tape)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        self.bytes = bytes
        count = bytes.count
        self.limits = limits
        tape.reserveCapacity(count / 8 + 4)
    }

    /// JSON-text = ws value ws
    private mutating func document() throws(JSONSyntaxError) {
        skipWhitespace()
        try value()
        while open != Self.none {
            if tape[Int(open)].kind == .object { try afterMember() } else { try afterElement() }
        }
        skipWhitespace()
        guard index == count else { throw JSONSyntaxError(.textAfterValue, at: index) }
    }

    // MARK: Values

    /// Reads a whole scalar, or opens a container and reads up to its first scalar.
    private mutating func value() throws(JSONSyntaxError) {
        while true {
            guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
            let start = index
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index &+= 1
                let escaped = try stringBody()
                append(.string, from: start, flag: escaped)
                return
            case UInt8(ascii: "{"):
                try begin(.object)
                if closes(UInt8(ascii: "}")) { return try end() }
                try key()
            case UInt8(ascii: "["):
                try begin(.array)
                if closes(UInt8(ascii: "]")) { return try end() }
                tape[Int(open)].count = 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                try number()
                append(.number, from: start, flag: false)
                return
            case UInt8(ascii: "t"):
                try literal("true")
                append(.boolean, from: start, flag: true)
                return
            case UInt8(ascii: "f"):
                try literal("false")
                append(.boolean, from: start, flag: false)
                return
            case UInt8(ascii: "n"):
                try literal("null")
                append(.null, from: start, flag: false)
                return
            default:
                throw JSONSyntaxError(.unexpectedByte, at: index)
            }
        }
    }

    private mutating func append(_ kind: JSONNode.Kind, from start: Int, flag: Bool) {
        tape.append(
            JSONNode(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: index),
                next: UInt32(truncatingIfNeeded: tape.count &+ 1), kind: kind, flag: flag, count: 0))
    }

    // MARK: Containers

    private mutating func begin(_ kind: JSONNode.Kind) throws(JSONSyntaxError) {
        guard depth < limits.depth else { throw JSONSyntaxError(.tooDeep, at: index) }
        depth &+= 1
        let container = tape.count
        tape.append(
            JSONNode(start: UInt32(truncatingIfNeeded: index), end: 0, next: open, kind: kind, flag: false, count: 0))
        open = UInt32(truncatingIfNeeded: container)
        index &+= 1
        skipWhitespace()
    }

    /// Whether the container that was just opened ends here.
    private func closes(_ bracket: UInt8) -> Bool { index < count && bytes[index] == bracket }

    /// Takes the bracket that closes the innermost container.
    private mutating func end() throws(JSONSyntaxError) {
        index &+= 1
        depth &-= 1
        let container = Int(open)
        open = tape[container].next
        tape[container].end = UInt32(truncatingIfNeeded: index)
        tape[container].next = UInt32(truncatingIfNeeded: tape.count)
        if limits.rejectsDuplicateKeys, tape[container].kind == .object, tape[container].count > 1 {
            try rejectDuplicateKeys(in: container)
        }
    }

    /// member = string name-separator value; up to the start of the value.
    private mutating func key() throws(JSONSyntaxError) {
        guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        guard bytes[index] == UInt8(ascii: "\"") else { throw JSONSyntaxError(.unexpectedByte, at: index) }
        index &+= 1
        let start = index
        let escaped = try stringBody()
        tape.append(
            JSONNode(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: index &- 1),
                next: UInt32(truncatingIfNeeded: tape.count &+ 1), kind: .key, flag: escaped, count: 0))
        if tape[Int(open)].count < UInt16.max { tape[Int(open)].count &+= 1 }
        skipWhitespace()
        guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        guard bytes[index] == UInt8(ascii: ":") else { throw JSONSyntaxError(.unexpectedByte, at: index) }
        index &+= 1
        skipWhitespace()
    }

    private mutating func afterMember() throws(JSONSyntaxError) {
        skipWhitespace()
        guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        if bytes[index] == UInt8(ascii: "}") { return try end() }
        guard bytes[index] == UInt8(ascii: ",") else { throw JSONSyntaxError(.unexpectedByte, at: index) }
        index &+= 1
        skipWhitespace()
        try key()
        try value()
    }

    private mutating func afterElement() throws(JSONSyntaxError) {
        skipWhitespace()
        guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        if bytes[index] == UInt8(ascii: "]") { return try end() }
        guard bytes[index] == UInt8(ascii: ",") else { throw JSONSyntaxError(.unexpectedByte, at: index) }
        index &+= 1
        if tape[Int(open)].count < UInt16.max { tape[Int(open)].count &+= 1 }
        skipWhitespace()
        try value()
    }

    // MARK: Tokens

    private mutating func skipWhitespace() {
        while index < count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index &+= 1
            default: return
            }
        }
    }

    private mutating func literal(_ text: StaticString) throws(JSONSyntaxError) {
        let start = index
        for offset in 0..<text.utf8CodeUnitCount {
            guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
            guard bytes[index] == text.utf8Start[offset] else { throw JSONSyntaxError(.invalidLiteral, at: start) }
            index &+= 1
        }
    }

    /// number = [ minus ] int [ frac ] [ exp ] (RFC 8259 section 6)
    private mutating func number() throws(JSONSyntaxError) {
        if bytes[index] == UInt8(ascii: "-") { index &+= 1 }
        if index < count, bytes[index] == UInt8(ascii: "0") {
            index &+= 1
            if index < count, Self.isDigit(bytes[index]) { throw JSONSyntaxError(.invalidNumber, at: index) }
        } else {
            try digits()
        }
        if index < count, bytes[index] == UInt8(ascii: ".") {
            index &+= 1
            try digits()
        }
        if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index &+= 1
            if index < count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index &+= 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = index
        while index < count, Self.isDigit(bytes[index]) { index &+= 1 }
        if index > start { return }
        throw index < count ? JSONSyntaxError(.invalidNumber, at: index) : JSONSyntaxError(.unexpectedEnd, at: count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    // MARK: Strings

    /// The characters of a string and its closing quotation mark (RFC 8259 section 7); whether there was an escape.
    private mutating func stringBody() throws(JSONSyntaxError) -> Bool {
        var escaped = false
        while true {
            skipPlainCharacters()
            guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index &+= 1
                return escaped
            case UInt8(ascii: "\\"):
                escaped = true
                try escape()
            case 0x80...0xFF:
                try multibyteCharacter()
            case 0x00..<0x20:
                throw JSONSyntaxError(.controlCharacterInString, at: index)
            default:
                index &+= 1
            }
        }
    }

    /// Passes over ASCII characters that stand for themselves, eight at a time while there are eight.
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while index &+ 8 <= count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // The lowest set bit is exact: a borrow can only spoil the bytes above a hit. A byte of 0x80 and more is a hit.
            let hits = ((quote &- ones) | (backslash &- ones) | (word &- ones &* 0x20) | word) & tops
            if hits != 0 {
                index &+= hits.trailingZeroBitCount / 8
                return
            }
            index &+= 8
        }
        while index < count, bytes[index] >= 0x20, bytes[index] < 0x80, bytes[index] != 0x22, bytes[index] != 0x5C { index &+= 1 }
    }

    private mutating func escape() throws(JSONSyntaxError) {
        let start = index
        guard index &+ 1 < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        switch bytes[index &+ 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            index &+= 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit()
            if unit & 0xFC00 == 0xD800 {
                for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")].enumerated() {
                    guard index &+ expected.offset < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
                    guard bytes[index &+ expected.offset] == expected.element else { throw JSONSyntaxError(.loneSurrogate, at: start) }
                }
                guard try codeUnit() & 0xFC00 == 0xDC00 else { throw JSONSyntaxError(.loneSurrogate, at: start) }
            } else if unit & 0xFC00 == 0xDC00 {
                throw JSONSyntaxError(.loneSurrogate, at: start)
            }
        default:
            throw JSONSyntaxError(.invalidEscape, at: start)
        }
    }

    /// `\uXXXX`, at the backslash.
    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt32 {
        let start = index
        var unit: UInt32 = 0
        index &+= 2
        for _ in 0..<4 {
            guard index < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
            guard let digit = JSONText.hexDigit(bytes[index]) else { throw JSONSyntaxError(.invalidEscape, at: start) }
            unit = unit << 4 | digit
            index &+= 1
        }
        return unit
    }

    /// One character of two to four bytes: the well-formed sequences of the Unicode standard, table 3-7.
    private mutating func multibyteCharacter() throws(JSONSyntaxError) {
        let start = index
        let lead = bytes[index]
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONSyntaxError(.invalidUTF8, at: start)
        }
        guard index &+ 1 < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
        guard second.contains(bytes[index &+ 1]) else { throw JSONSyntaxError(.invalidUTF8, at: start) }
        for offset in 2..<max(length, 2) {
            guard index &+ offset < count else { throw JSONSyntaxError(.unexpectedEnd, at: count) }
            guard bytes[index &+ offset] & 0xC0 == 0x80 else { throw JSONSyntaxError(.invalidUTF8, at: start) }
        }
        index &+= length
    }
}

// Duplicate keys. Few keys are compared each with each; many by a hash that is seeded anew in every process, so that nobody
// can prepare keys that collide.
extension JSONParser {
    private static let pairwiseLimit = 12

    private func rejectDuplicateKeys(in container: Int) throws(JSONSyntaxError) {
        let keys = Int(tape[container].count)
        let duplicate = keys <= Self.pairwiseLimit ? duplicateByPairs(in: container) : duplicateByHash(in: container)
        if let duplicate { throw JSONSyntaxError(.duplicateKey, at: Int(tape[duplicate].start) - 1) }
    }

    private func duplicateByPairs(in container: Int) -> Int? {
        let end = Int(tape[container].next)
        var later = container &+ 1
        while later < end {
            var earlier = container &+ 1
            while earlier < later {
                if haveEqualText(earlier, later) { return later }
                earlier = Int(tape[earlier &+ 1].next)
            }
            later = Int(tape[later &+ 1].next)
        }
        return nil
    }

    private func duplicateByHash(in container: Int) -> Int? {
        var keys: [(hash: Int, index: Int)] = []
        let end = Int(tape[container].next)
        var key = container &+ 1
        while key < end {
            var hasher = Hasher()
            if tape[key].flag {
                JSONText.decoded(text(of: key)).withUnsafeBytes { hasher.combine(bytes: $0) }
            } else {
                hasher.combine(bytes: text(of: key))
            }
            keys.append((hasher.finalize(), key))
            key = Int(tape[key &+ 1].next)
        }
        keys.sort { ($0.hash, $0.index) < ($1.hash, $1.index) }
        var found: Int?
        for position in keys.indices.dropFirst() {
            var other = position - 1
            while other >= 0, keys[other].hash == keys[position].hash {
                if haveEqualText(keys[other].index, keys[position].index) {
                    found = min(found ?? .max, keys[position].index)
                    break
                }
                other -= 1
            }
        }
        return found
    }

    private func text(of key: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(tape[key].start)..<Int(tape[key].end)])
    }

    private func haveEqualText(_ left: Int, _ right: Int) -> Bool {
        if tape[left].flag || tape[right].flag {
            return JSONText.decoded(text(of: left)) == JSONText.decoded(text(of: right))
        }
        let left = text(of: left)
        let right = text(of: right)
        guard left.count == right.count else { return false }
        // Most keys differ in their first bytes; a call of memcmp costs more than looking.
        var offset = 0
        while offset < left.count {
            if left[offset] != right[offset] { return false }
            offset &+= 1
        }
        return true
    }
}
