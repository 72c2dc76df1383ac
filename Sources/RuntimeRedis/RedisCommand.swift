/// A command as it goes over the wire: RESP, an array of strings.
struct RedisCommand: Sendable {
    private(set) var bytes: [UInt8] = []

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

    mutating func append(_ word: [UInt8]) { word.withUnsafeBufferPointer { append($0) } }

    private mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
        head(UInt8(ascii: "$"), word.count)
        bytes.append(contentsOf: word)
        endLine()
    }

    private mutating func head(_ sign: UInt8, _ count: Int) {
        bytes.append(sign)
        bytes.append(contentsOf: String(count).utf8)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(UInt8(ascii: "\r"))
        bytes.append(UInt8(ascii: "\n"))
    }
}
