/// How long to wait before the next attempt: twice as long after each that failed, up to a limit, and never as long as others wait, so that
/// a server that comes back is not met by all at once.
package struct Backoff: Sendable {
    private static let shortest: UInt64 = 50_000_000
    private static let longest: UInt64 = 5_000_000_000

    private var failures: UInt64 = 0

    package init() {}

    /// Nanoseconds: between a half and the whole of what the number of failures gives.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> UInt64 {
        let whole = min(Self.shortest << min(failures, 16), Self.longest)
        failures += 1
        return UInt64.random(in: whole / 2...whole, using: &generator)
    }

    /// An attempt succeeded.
    package mutating func reset() { failures = 0 }
}
