import Testing

@testable import SubsgenRuntime

@Suite("Revocation")
struct RevocationTests {
    private let executor: SubscriptionExecutor

    init() throws {
        executor = try SubscriptionExecutor(sdl: chatSDL, bus: MemoryBus())
    }

    private func client(_ claims: String?) -> SessionClient {
        let client = SessionClient.acknowledged(executor, claims: claims)
        client.subscribe("1", "subscription { presence }")
        _ = client.heard()
        return client
    }

    @Test("The connections of a user are closed with 4403 and their subscriptions end; others stay")
    func user() throws {
        let clients = [#"{"user_id":"ann"}"#, #"{"sub":"ann","user_id":"bob"}"#, #"{"sub":"ann"}"#, "{}", nil].map(client)
        #expect(executor.revoke(.user("ann")) == 2)
        #expect(clients.map { $0.heard().last } == ["close 4403 Credentials revoked", nil, "close 4403 Credentials revoked", nil, nil])
        #expect(executor.metrics[.subscriptions] == 3)
    }

    @Test("One connection is revoked by its handle, whatever its claims")
    func connection() {
        let clients = [nil, #"{"sub":"ann"}"#].map(client)
        #expect(executor.revoke(.connection(clients[0].session.handle)) == 1)
        #expect(clients.map { $0.heard().last } == ["close 4403 Credentials revoked", nil])
    }

    @Test("Claims are revoked by a value: one that equals it, or a list that has it")
    func claim() throws {
        let clients = [#"{"team":"a"}"#, #"{"team":["b","a"]}"#, #"{"team":["b"]}"#, #"{"team":null}"#, #"{"other":"a"}"#, nil].map(client)
        #expect(executor.revoke(try .claim("team", equals: Array(#""a""#.utf8))) == 2)
        #expect(clients.map { $0.heard().isEmpty } == [false, false, true, true, true, true])
    }

    @Test("What nothing can equal is no claim to revoke", arguments: ["null", "[]", "{}", "no JSON"])
    func unusable(value: String) {
        #expect(throws: ClaimsError.self) { try Revocation.claim("team", equals: Array(value.utf8)) }
    }

    @Test("Who is gone is concerned no more, and nobody keeps a note of it")
    func gone() throws {
        let client = client(#"{"sub":"ann"}"#)
        let subscription = try executor.subscribe("subscription { presence }", claims: #"{"sub":"ann"}"#)
        #expect(executor.revocables.count == 2)
        client.session.disconnected()
        subscription.complete()
        #expect(executor.revoke(.user("ann")) == 0)
        #expect(executor.revocables.count == 0)
    }

    @Test("A subscription without a connection ends with an error")
    func pulled() throws {
        let subscription = try executor.subscribe("subscription { presence }", claims: #"{"sub":"ann"}"#)
        let other = try executor.subscribe("subscription { presence }", claims: #"{"sub":"bob"}"#)
        #expect(executor.revoke(.user("ann")) == 1)
        #expect(
            subscription.drain()
                == [#"{"errors":[{"message":"The subscription was ended because its claims were revoked.","extensions":{"code":"FORBIDDEN"}}]}"#])
        #expect(subscription.state == .ended)
        #expect(other.state == .running)
        #expect(executor.revoke(.user("ann")) == 0)
        #expect(executor.metrics[.subscriptions] == 1)
    }
}
