extension Session {
    /// Counts a message of the client's. False where it comes too early: the connection is closed with 4429 then.
    func mayReceive(_ state: inout State) -> Bool {
        let rates = executor.context.rates
        if let mark = rates.messages.mark(after: state.messageMark, at: rates.metrics.clock.now()) {
            state.messageMark = mark
            return true
        }
        expel(.tooManyMessages, &state.machine)
        return false
    }

    /// Tells of it. Called with no lock held; what comes after it is told as well, as far as the journal lets it.
    func noteMessageRate() {
        executor.counters.journal.note(.messageRate, "", rule: LogRecord.Kind.messageRate.rule, of: { subscriber })
    }
}
