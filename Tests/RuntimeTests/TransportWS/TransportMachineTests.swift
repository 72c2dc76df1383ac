import Testing

@testable import SubsgenRuntime

@Suite("graphql-transport-ws, as a state machine")
struct TransportMachineTests {
    // MARK: Connecting

    @Test("connection_init asks for authentication, with its payload as the client wrote it")
    func connectionInit() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"type":"connection_init","payload":{"token": "a\u0062"}}"#) == #"authenticate {"token": "a\u0062"}"#)
    }

    @Test(
        "connection_init may have no payload, or null",
        arguments: [#"{"type":"connection_init"}"#, #"{"type":"connection_init","payload":null}"#])
    func connectionInitWithoutPayload(message: String) {
        let machine = MachineInWords()
        #expect(machine.receive(message) == "authenticate")
    }

    @Test("connection_ack follows when the client is authenticated, and once")
    func acknowledgement() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.authenticated() == #"{"type":"connection_ack"}"#)
        #expect(machine.authenticated() == "ignore")
    }

    @Test("Nobody is acknowledged without connection_init")
    func acknowledgementTooEarly() {
        let machine = MachineInWords()
        #expect(machine.authenticated() == "ignore")
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#) == "close 4401 Unauthorized")
    }

    @Test("A client that is rejected is closed with 4403 Forbidden")
    func forbidden() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.rejected(4403, "Forbidden") == "close 4403 Forbidden")
        #expect(machine.authenticated() == "ignore")
    }

    @Test("A client that has been acknowledged, or says nothing, cannot be rejected")
    func rejectionOutOfPlace() {
        let acknowledged = MachineInWords.acknowledged()
        #expect(acknowledged.rejected(4403, "Forbidden") == "ignore")
        let silent = MachineInWords()
        #expect(silent.rejected(4403, "Forbidden") == "ignore")
    }

    @Test("A client that sends no connection_init in time is closed with 4408")
    func initTimeout() {
        let machine = MachineInWords()
        #expect(machine.initTimedOut() == "close 4408 Connection initialisation timeout")
    }

    @Test("The time limit is for connection_init, not for the authentication")
    func initTimeoutTooLate() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.initTimedOut() == "ignore")
        _ = machine.authenticated()
        #expect(machine.initTimedOut() == "ignore")
    }

    @Test("A second connection_init closes with 4429, after the acknowledgement and before it")
    func tooManyInits() {
        let authenticating = MachineInWords()
        _ = authenticating.receive(#"{"type":"connection_init"}"#)
        #expect(authenticating.receive(#"{"type":"connection_init"}"#) == "close 4429 Too many initialisation requests")
        let acknowledged = MachineInWords.acknowledged()
        #expect(acknowledged.receive(#"{"type":"connection_init"}"#) == "close 4429 Too many initialisation requests")
    }

    @Test("subscribe before connection_init closes with 4401")
    func unauthorized() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#) == "close 4401 Unauthorized")
    }

    @Test("subscribe while the client is being authenticated closes with 4401")
    func unauthorizedWhileAuthenticating() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#) == "close 4401 Unauthorized")
        #expect(machine.authenticated() == "ignore")
    }

    @Test("complete before the acknowledgement is ignored")
    func completeTooEarly() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
    }

    // MARK: Ping and pong

    @Test("ping is answered with pong in every state of a connection")
    func ping() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
        _ = machine.authenticated()
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
    }

    @Test("pong carries the payload of the ping as the client wrote it")
    func pingPayload() {
        let machine = MachineInWords.acknowledged()
        #expect(
            machine.receive(#"{"payload":{"n": 1.0, "s":"\u00e9"},"type":"ping"}"#)
                == #"{"type":"pong","payload":{"n": 1.0, "s":"\u00e9"}}"#)
        #expect(machine.receive(#"{"type":"ping","payload":{}}"#) == #"{"type":"pong","payload":{}}"#)
        #expect(machine.receive(#"{"type":"ping","payload":null}"#) == #"{"type":"pong"}"#)
    }

    // MARK: Who stays

    @Test("ping with credentials asks for authentication, and is answered when the client may stay")
    func renewal() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"token": "b"},"n":1}}"#) == #"authenticate {"token": "b"}"#)
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
        #expect(machine.authenticated() == #"1 × {"type":"pong"}"#)
        #expect(machine.authenticated() == "ignore")
        #expect(machine.rejected(4403, "Forbidden") == "ignore")
    }

    @Test("A client whose new credentials are refused is closed, and what runs is stopped")
    func refusedRenewal() throws {
        let machine = MachineInWords.acknowledged()
        _ = try #require(machine.running("1"))
        _ = machine.receive(#"{"type":"ping","payload":{"auth":{}}}"#)
        #expect(machine.rejected(4403, "Forbidden") == "close 4403 Forbidden, stops 1")
        #expect(machine.authenticated() == "ignore")
    }

    @Test("Of the credentials that come while others are decided on the last count, and each ping is answered once")
    func laterCredentials() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"n":1}}}"#) == #"authenticate {"n":1}"#)
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"n":2}}}"#) == "ignore")
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"n":3}}}"#) == "ignore")
        #expect(machine.authenticated() == #"1 × {"type":"pong"}, authenticate {"n":3}"#)
        #expect(machine.authenticated() == #"2 × {"type":"pong"}"#)
        #expect(machine.authenticated() == "ignore")
    }

    @Test("ping with credentials before the acknowledgement renews nothing, and its pong does not carry them back")
    func earlyCredentials() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"token":"b"}}}"#) == #"{"type":"pong"}"#)
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"token":"b"}}}"#) == #"{"type":"pong"}"#)
        #expect(machine.authenticated() == #"{"type":"connection_ack"}"#)
    }

    @Test("Credentials that are no object close with 4400")
    func malformedCredentials() {
        let machine = MachineInWords.acknowledged()
        #expect(
            machine.receive(#"{"type":"ping","payload":{"auth":"secret"}}"#)
                == #"close 4400 Invalid message received: "auth" must be an object or null"#)
    }

    @Test("Who may not stay is closed, whatever state the connection is in, once")
    func expelled() throws {
        let machine = MachineInWords.acknowledged()
        _ = try #require(machine.running("1"))
        _ = machine.receive(#"{"type":"ping","payload":{"auth":{}}}"#)
        #expect(machine.expelled() == "close 4403 Credentials expired, stops 1")
        #expect(machine.expelled() == "ignore")
        #expect(machine.authenticated() == "ignore")
        #expect(MachineInWords().expelled() == "close 4403 Credentials expired")
    }

    @Test(
        "pong from the client is ignored",
        arguments: [#"{"type":"pong"}"#, #"{"type":"pong","payload":{"a":1}}"#, #"{"type":"pong","payload":null}"#])
    func pong(message: String) {
        let machine = MachineInWords()
        #expect(machine.receive(message) == "ignore")
    }
}
