/// Who a client is, for as long as it is connected: claims come, expire, are renewed and revoked.
extension Session {
    /// The client may connect, or stay. `claims`, a JSON object, says who it is.
    ///
    /// With anything else, and with claims that have expired, it may not: says what is wrong with them.
    @discardableResult
    public func authenticated(claims json: [UInt8]?) -> ClaimsError? {
        let claims: Claims?
        do throws(ClaimsError) {
            claims = try json.map { json throws(ClaimsError) in try Claims(json: json) }
            if claims?.haveExpired(by: executor.limits.wallClock) == true { throw ClaimsError("The claims have expired.") }
        } catch {
            rejected(code: TransportClose.forbidden.code, reason: TransportClose.forbidden.reason)
            return error
        }
        var early: [(payload: SubscribePayload, ticket: Ticket, asking: Asking)] = []
        let candidates = state.withLock { state -> [Candidate] in
            switch state.machine.authenticated() {
            case .ignore: return []
            case .acknowledge(let frames, let operations):
                let candidates = take(claims, &state)
                for frame in frames { send(frame, &state.machine) }
                early = operations.map { ($0, $1, state.asking) }
                return candidates
            case .renewed(let frame, let count, let next):
                let candidates = take(claims, &state)
                for _ in 0..<count { send(frame, &state.machine) }
                if let next { put(.authenticate(payload: next), &state.machine) }
                return candidates
            }
        }
        decide(candidates)
        for operation in early { run(operation.payload, operation.ticket, operation.asking) }
        return nil
    }

    /// The time has come that `Output.expires` named: closes the connection with 4403, if its claims have expired by now. If they have not,
    /// as where they were renewed or a clock is wrong, the host is told the time again.
    public func expired() {
        state.withLock { state in
            guard let claims = state.claims, let expiry = claims.expiry else { return }
            guard claims.haveExpired(by: executor.limits.wallClock) else { return put(.expires(at: expiry), &state.machine) }
            expel(.expired, &state.machine)
        }
    }

    func revoke(_ revocation: Revocation, recheck: Bool) -> Bool {
        let candidates = state.withLock { state -> [Candidate]? in
            guard state.isConnected, revocation.concerns(state.claims, of: handle) else { return nil }
            if recheck { return changeStanding(&state) }
            expel(.revoked, &state.machine)
            return []
        }
        guard let candidates else { return false }
        decide(candidates)
        return true
    }

    private func take(_ claims: Claims?, _ state: inout State) -> [Candidate] {
        let before = state.claims?.expiry
        state.claims = claims
        if let expiry = claims?.expiry {
            put(.expires(at: expiry), &state.machine)
        } else if before != nil {
            put(.expires(at: nil), &state.machine)
        }
        return changeStanding(&state)
    }

    func expel(_ reason: TransportClose, _ machine: inout Machine) {
        switch machine.expelled(reason) {
        case .ignore: break
        case .close(let closing): close(closing)
        }
    }
}
