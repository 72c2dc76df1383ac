/// The spellings of JSON numbers.
enum NumberText {
    /// The shortest text of a number: `1` for `1.0` and `1e0`, `0` for `-0`, `0.5` for `5e-1`. Numbers that are equal as doubles have
    /// the same text, unless they are written as integers: those keep all their digits.
    static func canonical(_ text: ArraySlice<UInt8>) -> [UInt8] {
        if isInteger(text) { return text.elementsEqual("-0".utf8) ? [UInt8(ascii: "0")] : Array(text) }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return Array(text) }
        return Array(canonical(value).utf8)
    }

    /// The shortest text of a finite number; digits alone where it is an integer of moderate size.
    static func canonical(_ value: Double) -> String {
        if let integer = Int128(exactly: value) { return String(integer) }
        return value.description
    }

    /// Whether a JSON number has neither fraction nor exponent.
    static func isInteger(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- 0x30 < 10 }
    }
}
