import SDLParser

/// An error on its way to the response: it gets its path while it passes the fields and lists that it is in.
struct FieldError {
    private let message: String
    /// Set where a rule is why.
    private let code: DenialCode?
    private let offsets: [UInt32]
    /// Where it was located already.
    private let locations: [SourceLocation]
    /// From the inside out.
    private var path: [GraphQLError.PathElement] = []

    /// An error of a field; its path begins with `passed`, as soon as that is called.
    init(_ message: String, of field: FieldDescription, _ code: DenialCode? = nil) {
        self.message = message
        self.code = code
        offsets = field.offsets
        locations = []
    }

    /// An error that was found before there was an event.
    init(_ error: GraphQLError) {
        message = error.message
        code = nil
        offsets = []
        locations = error.locations
    }

    /// An error of a field of the root type.
    init(_ message: String, at field: FieldDescription, _ code: DenialCode? = nil) {
        self.init(message, of: field, code)
        passed(.key(field.responseKey))
    }

    /// Notes what the error is inside of.
    mutating func passed(_ element: GraphQLError.PathElement) {
        path.append(element)
    }

    /// The error as clients get it.
    func located(in layout: DocumentLayout) -> GraphQLError {
        GraphQLError(
            message, locations: locations + offsets.map { layout.location(at: $0) }, path: path.reversed(), extensions: code?.extensions)
    }
}
