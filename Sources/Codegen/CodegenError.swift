/// Why no files could be made of a sound schema: a mistake in subsgen or in a template, not in the user's document.
public struct CodegenError: Error, Sendable, CustomStringConvertible {
    /// One sentence for people.
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
