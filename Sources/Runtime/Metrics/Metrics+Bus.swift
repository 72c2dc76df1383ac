extension Metrics {
    /// Counts and tells what happened to the bus.
    func note(_ happening: BusHappening) {
        switch happening {
        case .disconnected(let reason):
            add(.busDisconnects)
            journal.note(.busDisconnected, reason)
        case .reconnected: journal.note(.busReconnected, "")
        case .gap(let stream, let count):
            add(.busGaps)
            journal.note(.busGap, count.map { "\(stream) (\($0) events)" } ?? stream)
        case .unreadable(let what):
            add(.eventsUnreadable)
            journal.note(.eventUnreadable, what)
        case .putAside(let what):
            add(.eventsPutAside)
            journal.note(.eventPutAside, what)
        case .ratesApart(let reason): journal.note(.ratesApart, reason)
        }
    }
}
