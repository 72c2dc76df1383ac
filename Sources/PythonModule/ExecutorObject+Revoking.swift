import CPython
import SubsgenRuntime

/// Claims that are taken back.
extension ExecutorObject {
    /// The methods that do it.
    static var revokingMethods: [HeapType.Method] {
        [
            HeapType.Method(
                name: "revoke_user",
                documentation: """
                    revoke_user($self, id, recheck, /)
                    --

                    Revokes a user's claims. How many connections and subscriptions that concerns.
                    """
            ) { this, values, count in
                method(this, values, count, "revoke_user", takes: 2...2) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let whose = Revocation.user(try arguments.string(0))
                    return try executor.revoke(whose, try arguments.boolean(1))
                }
            },
            HeapType.Method(
                name: "revoke_connection",
                documentation: """
                    revoke_connection($self, handle, recheck, /)
                    --

                    Revokes a connection's claims. The same.
                    """
            ) { this, values, count in
                method(this, values, count, "revoke_connection", takes: 2...2) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let whose = Revocation.connection(UInt64(try arguments.integer(0, in: 0...Int.max)))
                    return try executor.revoke(whose, try arguments.boolean(1))
                }
            },
            HeapType.Method(
                name: "revoke_claim",
                documentation: """
                    revoke_claim($self, name, value, recheck, /)
                    --

                    Revokes claims that have a value, JSON. The same.
                    """
            ) { this, values, count in
                method(this, values, count, "revoke_claim", takes: 3...3) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let (name, value) = (try arguments.string(0), try arguments.bytes(1))
                    let recheck = try arguments.boolean(2)
                    let whose: Revocation
                    do throws(ClaimsError) { whose = try Revocation.claim(name, equals: value) } catch { throw .value(error.description) }
                    return try executor.revoke(whose, recheck)
                }
            },
        ]
    }

    private func revoke(_ whose: Revocation, _ recheck: Bool) throws(PythonError) -> PythonObject {
        try Python.integer(unlocked { runtime.revoke(whose, recheck: recheck) })
    }
}
