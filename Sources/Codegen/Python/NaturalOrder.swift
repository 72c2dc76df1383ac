/// The order in which ruff sorts imported names: letter by letter, numbers by their value, so that `t2` comes before `t10`.
///
/// Numbers that begin with a zero are compared as the digits of a fraction: `t02` comes before `t1`.
struct NaturalOrder: Comparable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }

    static func < (left: Self, right: Self) -> Bool {
        var (left, right) = (left.bytes[...], right.bytes[...])
        while let first = left.first, let second = right.first {
            if isDigit(first), isDigit(second) {
                let (number, other) = (left.prefix(while: isDigit), right.prefix(while: isDigit))
                if !number.elementsEqual(other) {
                    let isFraction = first == UInt8(ascii: "0") || second == UInt8(ascii: "0")
                    if !isFraction, number.count != other.count { return number.count < other.count }
                    return number.lexicographicallyPrecedes(other)
                }
                left = left.dropFirst(number.count)
                right = right.dropFirst(other.count)
            } else {
                if first != second { return first < second }
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        return left.isEmpty && !right.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
