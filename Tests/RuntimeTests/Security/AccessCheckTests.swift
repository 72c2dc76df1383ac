import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("What a subscriber meets")
struct AccessCheckTests {
    private func denies(_ requirement: AccessRequirement, _ claims: String?, _ policies: [String: Bool] = [:]) throws -> Bool {
        var check = AccessCheck(Subscriber(claims: try claims.map { try Claims(json: Array($0.utf8)) }, policies: policies))
        return check.denies(requirement)
    }

    @Test("@authenticated takes claims with something in them", arguments: [nil, "{}"])
    func authenticated(claims: String?) throws {
        #expect(try denies(.authenticated, claims))
        #expect(try !denies(.authenticated, #"{"x":1}"#))
    }

    @Test("@requiresScopes takes all scopes of one of the lists, and of no list nothing")
    func scopes() throws {
        let rule = AccessRequirement.scopes([["a", "b"], ["c"]])
        for claims in [nil, "{}", #"{"scopes":["a"]}"#, #"{"scope":"b"}"#, #"{"roles":["c"]}"#, #"{"scopes":["A","B"]}"#] {
            #expect(try denies(rule, claims), "\(claims ?? "nil")")
        }
        for claims in [#"{"scopes":["b","x","a"]}"#, #"{"scope":"a b"}"#, #"{"scopes":["c"]}"#] { #expect(try !denies(rule, claims), "\(claims)") }
        #expect(try denies(.scopes([]), #"{"scopes":["a"]}"#))
    }

    @Test("@requiresRole takes any of the roles, and of none nothing")
    func roles() throws {
        for claims in [nil, #"{"roles":["user"]}"#, #"{"scopes":["admin"]}"#] { #expect(try denies(.roles(["admin", "staff"]), claims)) }
        for claims in [#"{"roles":["x","staff"]}"#, #"{"role":"admin"}"#] { #expect(try !denies(.roles(["admin", "staff"]), claims)) }
        #expect(try denies(.roles([]), #"{"roles":["admin"]}"#))
    }

    @Test("@policy takes all policies of one of the lists, whatever the claims")
    func policies() throws {
        let rule = AccessRequirement.policies([["a", "b"], ["c"]])
        #expect(try !denies(rule, nil, ["a": true, "b": true, "c": false]))
        #expect(try !denies(rule, nil, ["c": true]))
        #expect(try denies(rule, #"{"policies":["c"]}"#, ["a": true, "b": false, "c": false]))
        #expect(try denies(.policies([]), nil, ["a": true]))
    }

    @Test("Only policies that can decide are asked for, and deny nothing before that")
    func openPolicies() throws {
        func open(_ policies: [String: Bool]) -> (Bool, [String]) {
            var check = AccessCheck(Subscriber(policies: policies))
            let denied = check.denies(.policies([["a", "b"], ["c"]]))
            return (denied, check.openPolicies.sorted())
        }
        #expect(open([:]) == (false, ["a", "b", "c"]))
        #expect(open(["a": false]) == (false, ["c"]))
        #expect(open(["a": true, "c": false]) == (false, ["b"]))
        #expect(open(["a": false, "c": false]) == (true, []))
        #expect(open(["c": true]) == (false, []))
    }

    @Test("Of several that are not met, the first in the order of the rules is told of, and all are looked at until one is")
    func order() throws {
        var check = AccessCheck(Subscriber())
        #expect(check.denial([.policies([["p"]]), .roles(["r"]), .scopes([["s"]]), .authenticated]) == .authenticated)
        #expect(check.denial([.policies([["p"]]), .roles(["r"]), .scopes([["s"]])]) == .scopes([["s"]]))
        #expect(check.denial([.policies([["p"]]), .roles(["r"])]) == .roles(["r"]))
        #expect(check.openPolicies == [])
        #expect(check.denial([.policies([["p"]])]) == nil)
        #expect(check.openPolicies == ["p"])
        #expect([AccessRequirement.authenticated, .scopes([]), .roles([]), .policies([])].map(\.rule) == [.authenticated, .scopes, .role, .policy])
    }
}
