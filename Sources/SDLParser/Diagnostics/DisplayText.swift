/// Text of a document as a terminal can show it: one line, nothing in it that moves the cursor, and the width of each part known.
struct DisplayText {
    private(set) var text = ""
    /// How many cells of the terminal the text fills.
    private(set) var width = 0

    init() {}

    init(_ text: some StringProtocol) {
        append(text)
    }

    mutating func append(_ added: some StringProtocol) {
        for scalar in added.unicodeScalars { append(scalar) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09:
            let cells = 4 - width % 4
            text += String(repeating: " ", count: cells)
            width += cells
        case 0..<0x20:
            // The control's picture; a document must not command the reader's terminal.
            text.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            width += 1
        case 0x20..<0x7F:
            text.unicodeScalars.append(scalar)
            width += 1
        case 0xFEFF:
            break
        default:
            append(beyondASCII: scalar)
        }
    }

    private mutating func append(beyondASCII scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            // Joiners are part of emoji and of several scripts; the others reorder or hide text.
            if scalar.value == 0x200C || scalar.value == 0x200D {
                text.unicodeScalars.append(scalar)
            } else {
                text.unicodeScalars.append("\u{FFFD}")
                width += 1
            }
        case .nonspacingMark, .enclosingMark:
            text.unicodeScalars.append(scalar)
        default:
            text.unicodeScalars.append(scalar)
            width += Self.isWide(scalar) ? 2 : 1
        }
    }

    /// The blocks whose characters terminals draw two cells wide (Unicode Standard Annex 11, classes W and F).
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
