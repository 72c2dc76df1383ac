import Glibc
import SubsgenRuntime

/// What an application compiles into an extension of its own, beside the runtime: resolvers in Swift of one schema.
public struct ApplicationExtension: Sendable {
    /// Gets what a resolver threw, with the name of its field.
    public typealias ErrorHandler = @Sendable (_ field: String, _ error: any Error) -> Void
    public typealias SetResolvers = @Sendable (SubscriptionExecutor, @escaping ErrorHandler) throws(ResolverError) -> Void

    /// The schema that the resolvers were compiled for.
    let sdl: String
    private let setResolvers: SetResolvers

    /// `setResolvers` lets the resolvers answer an executor of the schema.
    public init(sdl: String, setResolvers: @escaping SetResolvers) {
        self.sdl = sdl
        self.setResolvers = setResolvers
    }

    /// Guards the extension of this process, which is set once, before the module has any function to call. A leaf.
    static let current = Guarded<ApplicationExtension?>(nil)

    /// Lets the resolvers answer an executor, if it is one of their schema. Returns the fields that they answer.
    func answer(_ executor: SubscriptionExecutor, of sdl: String) throws(ResolverError) -> Set<String> {
        guard sdl == self.sdl else { return [] }
        try setResolvers(executor) { field, error in
            // Python's logging would take the interpreter's lock, on a thread that must not wait.
            Self.say("subsgen: the resolver of \"\(field)\" in Swift failed: \(error)\n")
        }
        return Set(executor.resolvedFields)
    }

    private static func say(_ line: String) {
        var line = line
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
