import SubsgenRuntime

/// The parameters of a URL (application/x-www-form-urlencoded).
struct RequestParameters {
    private var values: [String: String] = [:]

    private static let most = 100
    /// Those that are read here, and so may be given once.
    private static let known: Set<String> = ["query", "operationName", "variables", "extensions", "token", "operationId"]

    init() {}

    init(_ query: Substring) throws(HTTPRefusal) {
        let pairs = query.utf8.split(separator: UInt8(ascii: "&"))
        guard pairs.count <= Self.most else { throw Self.unreadable("it has more than \(Self.most) parameters") }
        for pair in pairs {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            if values[name] != nil, Self.known.contains(name) { throw HTTPRefusal(400, "The parameter \(name) is given twice.") }
            values[name] = parts.count == 2 ? try Self.decoded(parts[1]) : ""
        }
    }

    /// A parameter; nil where it is absent.
    subscript(name: String) -> String? { values[name] }

    /// The request that a GET brings, as the body of a POST.
    func body() throws(HTTPRefusal) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for name in ["query", "operationName"] {
            guard let value = values[name], !value.isEmpty else { continue }
            writer.key(name)
            writer.string(value)
        }
        for name in ["variables", "extensions"] {
            guard let value = values[name], !value.isEmpty else { continue }
            writer.key(name)
            do throws(JSONSyntaxError) {
                writer.value(try JSONDocument.parse(Array(value.utf8)).root)
            } catch {
                throw HTTPRefusal(400, "The parameter \(name) is no JSON: \(error).")
            }
        }
        writer.endObject()
        return writer.bytes
    }

    private static func decoded(_ text: Substring.UTF8View.SubSequence) throws(HTTPRefusal) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                // What is no escape stands for itself, as in browsers.
                let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
                if digits.count == 2 {
                    bytes.append(UInt8(digits[0] << 4 | digits[1]))
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            case 0x80...: throw unreadable("what is not ASCII is percent-encoded")
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable("it is no UTF-8") }
        return text
    }

    private static func unreadable(_ why: String) -> HTTPRefusal { HTTPRefusal(400, "The query string cannot be read: \(why).") }
}
