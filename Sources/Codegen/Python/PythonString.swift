/// Strings as Python literals, in the quotation marks that the formatter likes.
enum PythonString {
    /// Plain ASCII, whatever the text: nothing in it can end the literal.
    static func literal(_ text: String) -> String {
        let marks: (Unicode.Scalar) -> Int = { mark in text.unicodeScalars.count { $0 == mark } }
        let quote: Unicode.Scalar = marks("\"") > marks("'") ? "'" : "\""
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote: result += "\\" + String(quote)
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: result += escape(scalar)
            }
        }
        return result + String(quote)
    }

    /// `\x0b`, `\u202e`, `\U0001f600`
    static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let (letter, count) = scalar.value > 0xFFFF ? ("U", 8) : scalar.value > 0xFF ? ("u", 4) : ("x", 2)
        return "\\" + letter + String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
