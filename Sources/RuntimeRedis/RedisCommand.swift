/// A command as it goes over the wire: RESP, an array of strings.
struct RedisCommand: Sendable {
    private(set) var bytes: [UInt8] = []

    private init() {}

    /// Begins a command of so many words.
    init(words: Int, room: Int = 64) {
        bytes.reserveCapacity(room)
        head(UInt8(ascii: "*"), words)
    }

    init(_ words: String...) {
        self.init(words: words.count)
        for word in words { append(word) }
    }

    mutating func append(_ word: String) {
        var word = word
        word.withUTF8 { append($0) }
    }

    mutating func append(_ number: Int) { append(String(number)) }

    /// Words that `encoded` made, as they are.
    mutating func append(encoded words: [UInt8]) { bytes.append(contentsOf: words) }

    /// A word of two parts and a colon between them.
    mutating func append(_ first: String, _ second: UInt64) {
        var digits = Digits(second)
        var first = first
        first.withUTF8 { first in
            head(UInt8(ascii: "$"), first.count + 1 + digits.count)
            bytes.append(contentsOf: first)
            bytes.append(UInt8(ascii: ":"))
            digits.append(to: &bytes)
            endLine()
        }
    }

    /// The bytes of words, for commands that have them each time.
    static func encoded(_ words: String...) -> [UInt8] {
        var command = RedisCommand()
        for word in words { command.append(word) }
        return command.bytes
    }

    mutating func append(_ word: [UInt8]) { word.withUnsafeBufferPointer { append($0) } }

    private mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
        head(UInt8(ascii: "$"), word.count)
        bytes.append(contentsOf: word)
        endLine()
    }

    private mutating func head(_ sign: UInt8, _ count: Int) {
        bytes.append(sign)
        var digits = Digits(UInt64(count))
        digits.append(to: &bytes)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// A number as text, without a string on the way: each command has a dozen.
private struct Digits {
    private var number: UInt64
    let count: Int

    init(_ number: UInt64) {
        self.number = number
        var (count, rest) = (1, number / 10)
        while rest > 0 { (count, rest) = (count + 1, rest / 10) }
        self.count = count
    }

    mutating func append(to bytes: inout [UInt8]) {
        let end = bytes.count + count
        for _ in 0..<count { bytes.append(0) }
        for place in 1...count {
            bytes[end - place] = UInt8(ascii: "0") + UInt8(number % 10)
            number /= 10
        }
    }
}
