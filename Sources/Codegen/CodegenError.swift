/// Why no files could be made of a sound schema: a mistake in subsgen or in a template, not in the user's document.
public struct CodegenError: Error, Sendable, CustomStringConvertible {
    /// One sentence for people.
    public let description: String
    /// Whether a template of the user's is at fault; else subsgen is.
    public let isOfTemplate: Bool

    public init(_ description: String, isOfTemplate: Bool = false) {
        self.description = description
        self.isOfTemplate = isOfTemplate
    }
}
