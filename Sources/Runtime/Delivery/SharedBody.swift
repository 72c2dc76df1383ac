/// An execution result, encoded once for all the subscriptions that get it.
public final class SharedBody: Sendable {
    /// The JSON of the result: `{"data":…}`.
    public let bytes: [UInt8]
    /// Where `LATEST` tells messages apart, the value that this one has for its key; nil where it has none.
    let key: MatchKey?
    /// The objects that rules have put null in the place of; nil where there are none.
    let masked: MaskedObjects?

    /// The place in the bus of the event that it tells of; nil where it tells of none.
    let cursor: Cursor?

    public convenience init(_ bytes: [UInt8]) {
        self.init(bytes, key: nil)
    }

    init(_ bytes: [UInt8], key: MatchKey?, masked: MaskedObjects? = nil, cursor: Cursor? = nil) {
        self.bytes = bytes
        self.key = key
        self.masked = masked
        self.cursor = cursor
    }
}
