import NIOCore

/// How much a socket was given to send, and how much of that the system has taken: by that a client which reads slowly is told from one
/// that does not read.
struct Outflow {
    private var given = 0

    /// The socket is given so many bytes more.
    mutating func give(_ count: Int) { given += count }

    /// How many bytes the system has taken. On the event loop only.
    func taken(by channel: any Channel) -> Int {
        let waiting = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        return given - waiting
    }
}

/// How long is waited for a socket that has something to send: until for so many seconds on end none of it has been taken.
struct Patience {
    let seconds: Double
    /// In nanoseconds of the loop's time.
    let until: UInt64
    /// What the socket had taken when the time began.
    let taken: Int
}
