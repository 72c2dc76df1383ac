/// A file of a generated package, in memory.
public struct GeneratedFile: Sendable, Hashable {
    /// Whose the file is.
    public enum Owner: Sendable, Hashable, CaseIterable {
        /// subsgen's: written anew at each run, and never edited by hand.
        case generator
        /// The developer's, once it is edited: until then it follows the schema.
        case developer
    }

    /// Relative to the package's folder, with slashes, in ASCII: `resolvers/message_added.py`.
    public let path: String
    public let text: String
    public let owner: Owner

    public init(path: String, text: String, owner: Owner = .generator) {
        self.path = path
        self.text = text
        self.owner = owner
    }
}
