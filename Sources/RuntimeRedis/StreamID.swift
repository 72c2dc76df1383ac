/// The id of an entry of a stream: the server's milliseconds, and a number among the entries of one of them.
struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Before every entry.
    static let zero = StreamID(milliseconds: 0, number: 0)
    /// Behind every entry that a cursor can name.
    static let end = StreamID(milliseconds: .max, number: .max)

    let milliseconds: UInt64
    let number: UInt64

    static func < (left: StreamID, right: StreamID) -> Bool {
        (left.milliseconds, left.number) < (right.milliseconds, right.number)
    }

    /// As commands and replies have it: `MILLISECONDS-NUMBER`.
    var description: String { "\(milliseconds)-\(number)" }
}

extension StreamID {
    /// Reads the text of an id; nil for any other text.
    init?(_ text: some Sequence<UInt8>) {
        var (milliseconds, number) = (UInt64?.none, UInt64(0))
        var digits = 0
        for byte in text {
            if byte == UInt8(ascii: "-"), milliseconds == nil, digits > 0 {
                (milliseconds, number, digits) = (number, 0, 0)
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (tens, isTooMuch) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if isTooMuch || overflows { return nil }
            number = sum
            digits += 1
        }
        guard let milliseconds, digits > 0 else { return nil }
        self.init(milliseconds: milliseconds, number: number)
    }

    // A cursor has one number. 42 bits last for the milliseconds until 2109; four million entries in one of them are a hundred times what
    // a server takes, so that its clock may go back for minutes at full speed before they are used up.
    private static let numberBits: UInt64 = 22
    /// How many entries of one millisecond a cursor can tell apart.
    static let numbers: UInt64 = 1 << numberBits

    /// The id as the number of a cursor, in the same order; nil where a foreign publisher chose an id that has none.
    var sequence: UInt64? {
        guard milliseconds < 1 << (64 - Self.numberBits), number < Self.numbers else { return nil }
        return milliseconds << Self.numberBits | number
    }

    /// The id of a cursor's number.
    init(sequence: UInt64) {
        self.init(milliseconds: sequence >> Self.numberBits, number: sequence & (Self.numbers - 1))
    }
}
