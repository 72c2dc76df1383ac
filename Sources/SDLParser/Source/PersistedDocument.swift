/// A document that clients may send by its digest: how `subsgen persist` names it, and how the runtime knows it again.
///
/// White space around a document does not count, so that a file that ends with a line feed is the document that a client prints.
public struct PersistedDocument: Sendable, Hashable {
    /// The document without white space around it.
    public let text: String
    /// SHA-256 of its UTF-8, in small hexadecimal digits.
    public let digest: String

    public init(_ document: String) {
        let bytes = document.utf8
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) {
            text = String(decoding: bytes[first...last], as: UTF8.self)
        } else {
            text = ""
        }
        digest = SHA256.hexDigest(of: text.utf8)
    }
}
