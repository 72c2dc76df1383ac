/// A number of JSON or of an argument, compared without loss: an integer by all its digits, another one as the double it stands for.
public struct ExactNumber: Sendable, Hashable {
    /// In the canonical spelling.
    private let text: [UInt8]
    private let isInteger: Bool
    /// The number where it is a small integer.
    private let integer: Int?
    private let double: Double

    /// A number as JSON and GraphQL write it.
    public init(_ text: some Collection<UInt8>) {
        self.text = NumberText.canonical(Array(text)[...])
        let string = String(decoding: self.text, as: UTF8.self)
        isInteger = NumberText.isInteger(self.text[...])
        integer = isInteger ? Int(string) : nil
        double = integer.map(Double.init) ?? Double(string) ?? 0
    }

    /// Less than zero where it is less than the other one, zero where they are equal, else more.
    ///
    /// Rounding to a double keeps the order. Where an integer and a number with a fraction or exponent round to the same, they are equal:
    /// the latter is an integer of 39 digits or more there.
    func order(to other: ExactNumber) -> Int {
        if let integer, let other = other.integer { return integer < other ? -1 : integer == other ? 0 : 1 }
        if double != other.double || !isInteger || !other.isInteger { return double < other.double ? -1 : double == other.double ? 0 : 1 }
        if text == other.text { return 0 }
        // Integers of the same sign, and too long for a machine's: by length, then by digits.
        let isNegative = double < 0
        let isCloserToZero = text.count == other.text.count ? text.lexicographicallyPrecedes(other.text) : text.count < other.text.count
        return isCloserToZero != isNegative ? -1 : 1
    }
}
