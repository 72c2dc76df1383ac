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
}
