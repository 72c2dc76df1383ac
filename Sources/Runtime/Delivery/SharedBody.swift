/// An execution result, encoded once for all the subscriptions that get it.
public final class SharedBody: Sendable {
    /// The JSON of the result: `{"data":…}`.
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
