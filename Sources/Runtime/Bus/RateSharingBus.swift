/// A bus whose processes hold the rate limits of users together: it adds up what all of them take.
public protocol RateSharingBus: EventBus {
    /// Adds what was taken here to what all took, and tells how far each limit's mark is ahead of now then, in nanoseconds, in the order of
    /// `takings`: what comes after it at the even rate may come when that has passed. It is called under locks of the runtime's: it waits for nothing, and
    /// takes none of its own that is held where it calls back. `completion` may be called before it returns.
    func share(_ takings: [RateTaking], _ completion: @escaping BusCompletion<[UInt64], PublishError>)
}

/// What one process took of a limit.
public struct RateTaking: Sendable, Hashable {
    /// Names the limit and whose it is: the same in every process.
    public let key: String
    /// By how much one that is taken moves the limit's mark.
    public let nanoseconds: UInt64
    /// How many; none where it is only asked, less than none where they were given back.
    public let count: Int

    public init(key: String, nanoseconds: UInt64, count: Int) {
        self.key = key
        self.nanoseconds = nanoseconds
        self.count = count
    }
}
