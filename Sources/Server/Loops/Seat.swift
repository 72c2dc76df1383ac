import Synchronization

/// What serves a socket on an event loop. Called there, by its desk.
protocol Occupant: AnyObject {
    /// There is something to take from the session. True where there is more than one turn takes.
    func takeTurn() -> Bool
    /// The time has come that the seat was set to, or a little more. Sets it again where there is something to wait for.
    func timeIsUp()
    /// The server goes away: what is under way comes to its end.
    func drain()
    /// The same, without waiting for anything: what waits is sent, and the socket closed.
    func drainAndClose()
    /// The socket is closed at once.
    func cutOff()
}

/// The place of a socket at the desk of its event loop, from when it was accepted until it is closed.
///
/// The session's waker and the desk's timers hold it rather than what serves the socket, which is so free to go when the socket closes.
///
/// `@unchecked Sendable`: but for the atomic, everything is touched on the event loop only.
final class Seat: @unchecked Sendable {
    let desk: Desk
    /// Whether it stands in the desk's list of what is ready.
    let isListed = Atomic<Bool>(false)
    /// What serves the socket; nil once it is closed.
    var occupant: (any Occupant)?
    /// Who has connected, as a trusted proxy says by the PROXY protocol.
    var proxied: ProxyHeader.Client?
    /// Where it stands among the desk's seats.
    var index = 0
    /// For when it stands among the desk's timers; nil where it does not.
    var dueAt: UInt64?

    init(_ desk: Desk) { self.desk = desk }
}
