/// Whose claims hold no more, or are to be looked at again.
public struct Revocation: Sendable {
    private enum Whose: Sendable {
        case user(String)
        case connection(UInt64)
        case claim(String, MatchKey)
    }

    private let whose: Whose

    /// Those of a user, by the claim `user_id`, else `sub`.
    public static func user(_ id: String) -> Revocation { Revocation(whose: .user(id)) }

    /// Those of one connection, by its `Session.handle`.
    public static func connection(_ handle: UInt64) -> Revocation { Revocation(whose: .connection(handle)) }

    /// Those in which a claim equals a value, or is a list that has it. The value is JSON; throws where nothing can equal it.
    public static func claim(_ name: String, equals json: [UInt8]) throws(ClaimsError) -> Revocation {
        guard let value = try? JSONDocument.parse(json).root, let key = MatchKey.of(value) else {
            throw ClaimsError("A claim is revoked by a string, a number or a boolean.")
        }
        return Revocation(whose: .claim(name, key))
    }

    /// Writes whose claims it takes back; false, and nothing, where that means something in this process only.
    func write(into writer: inout JSONWriter) -> Bool {
        let members: [(String, String)]
        switch whose {
        case .user(let id): members = [("user", id)]
        case .claim(let name, let key): members = [("claim", name), ("equals", key.text)]
        case .connection: return false
        }
        writer.beginObject()
        for (name, value) in members {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        return true
    }

    /// Reads what `write` has written. Nil of anything else.
    init?(notice: JSONValue) {
        if let user = notice["user"].flatMap(MatchKey.of) {
            whose = .user(user.text)
        } else if let name = notice["claim"].flatMap(MatchKey.of), let key = notice["equals"].flatMap(MatchKey.of) {
            whose = .claim(name.text, key)
        } else {
            return nil
        }
    }

    private init(whose: Whose) { self.whose = whose }

    func concerns(_ claims: Claims?, of connection: UInt64?) -> Bool {
        switch whose {
        case .user(let id): claims?.userID == id
        case .connection(let handle): connection == handle
        case .claim(let name, let key): claims?.keys(of: name).contains(key) ?? false
        }
    }
}

/// Who has claims that can be revoked: a connection, or a subscription without one.
protocol Revocable: AnyObject, Sendable {
    /// What waits for it.
    var outbox: Outbox { get }

    /// Ends it, or looks again at what it may have, if it is concerned; says whether it is.
    func revoke(_ revocation: Revocation, recheck: Bool) -> Bool
}

/// All whose claims can be revoked.
final class Revocables: Sendable {
    private struct Entry: Sendable {
        weak var value: (any Revocable)?
    }

    /// Guards the entries. A leaf: no other lock is taken under it.
    private let entries = Guarded<[ObjectIdentifier: Entry]>([:])

    func add(_ value: any Revocable) {
        entries.withLock { $0[ObjectIdentifier(value)] = Entry(value: value) }
    }

    func remove(_ value: any Revocable) {
        entries.withLock { entries in _ = entries.removeValue(forKey: ObjectIdentifier(value)) }
    }

    /// How many there are, those included that went without a word.
    var count: Int { entries.withLock { $0.count } }

    var all: [any Revocable] { entries.withLock { $0.values.compactMap(\.value) } }
}

extension SubscriptionExecutor {
    /// Revokes claims. The connections that have them are closed with 4403, and subscriptions without a connection end with an error.
    ///
    /// With `recheck` they stay, and what was decided about their subscriptions is decided again: policies and `authorize` are asked anew,
    /// and a subscription that is denied ends with an error. Returns how many connections and subscriptions are concerned in this process; the
    /// others on the bus are told.
    @discardableResult
    public func revoke(_ revocation: Revocation, recheck: Bool = false) -> Int {
        if let notice = RevocationNotice.text(revocation, recheck: recheck, from: identity) { bus.broadcast(notice) }
        return revokeHere(revocation, recheck: recheck)
    }

    @discardableResult
    func revokeHere(_ revocation: Revocation, recheck: Bool) -> Int {
        revocables.all.count { $0.revoke(revocation, recheck: recheck) }
    }
}
