import SDLParser
import Testing

/// A text whose places are named by the markers ① to ⑨, so that nobody counts columns.
struct MarkedText {
    let text: String
    /// The byte offset of what follows each marker.
    let places: [Character: UInt32]

    init(_ marked: String) {
        var text = ""
        var places: [Character: UInt32] = [:]
        for character in marked {
            if "①②③④⑤⑥⑦⑧⑨".contains(character) {
                places[character] = UInt32(text.utf8.count)
            } else {
                text.append(character)
            }
        }
        self.text = text
        self.places = places
    }

    /// The marker at an offset, or the offset in words.
    func name(of offset: UInt32) -> String {
        places.first { $0.value == offset }.map { String($0.key) } ?? "offset \(offset)"
    }
}

/// What a test expects of a diagnostic: its severity and code, where it stands, what it says and where its notes stand.
struct Expected: CustomStringConvertible, Equatable {
    let description: String

    init(_ severity: Diagnostic.Severity, _ code: Int, at marker: String, _ message: String, notes: [String] = []) {
        description = "\(severity) \(DiagnosticCode(code)) at \(marker): \(message)" + notes.map { " [note at \($0)]" }.joined()
    }

    init(_ code: Int, at marker: String, _ message: String, notes: [String] = []) {
        self.init(.error, code, at: marker, message, notes: notes)
    }

    init(_ diagnostic: Diagnostic, in text: MarkedText) {
        self.init(
            diagnostic.severity, diagnostic.code.number, at: text.name(of: diagnostic.span.start), diagnostic.message,
            notes: diagnostic.notes.map { text.name(of: $0.span.start) })
    }
}
