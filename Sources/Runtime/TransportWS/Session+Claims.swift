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
        state.withLock { state in
            switch state.machine.authenticated() {
            case .ignore: break
            case .acknowledge(let frame):
                take(claims, &state)
                send(frame, &state.machine)
            case .renewed(let frame, let count, let next):
                take(claims, &state)
                for _ in 0..<count { send(frame, &state.machine) }
                if let next { put(.authenticate(payload: next), &state.machine) }
            }
        }
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

    private func take(_ claims: Claims?, _ state: inout State) {
        let before = state.claims?.expiry
        state.claims = claims
        if let expiry = claims?.expiry {
            put(.expires(at: expiry), &state.machine)
        } else if before != nil {
            put(.expires(at: nil), &state.machine)
        }
    }

    func expel(_ reason: TransportClose, _ machine: inout Machine) {
        switch machine.expelled(reason) {
        case .ignore: break
        case .close(let closing): close(closing)
        }
    }
}
