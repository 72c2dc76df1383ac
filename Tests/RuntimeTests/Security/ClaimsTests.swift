import Foundation
import Testing

@testable import SubsgenRuntime

@Suite("Claims")
struct ClaimsTests {
    private func claims(_ json: String) throws -> Claims { try Claims(json: Array(json.utf8)) }

    @Test("They are a JSON object", arguments: ["", "{", "null", "[]", #""a""#, "1", #"{"a":1,"a":2}"#])
    func objects(json: String) {
        #expect(throws: ClaimsError.self) { try claims(json) }
    }

    @Test("Scopes are words, in one text or several, and a role is one whatever stands in it")
    func words() throws {
        let known = try claims(#"{"scope":"a b","scopes":["c","d e",1,null],"role":"x y","roles":["z","v w",{}]}"#)
        #expect(known.scopes == ["a", "b", "c", "d", "e"])
        #expect(known.roles == ["x y", "z", "v w"])
        #expect(try claims("{}").scopes == [] && claims("{}").roles == [])
    }

    @Test("They expire at exp, which is a number, and not before; without one, or with null, they do not")
    func expiry() throws {
        func hasExpired(_ json: String, at seconds: Double) throws -> Bool { try claims(json).haveExpired(by: WallClock { seconds }) }
        #expect(try claims(#"{"exp":12.5}"#).expiry == 12.5)
        #expect(try !hasExpired(#"{"exp":12.5}"#, at: 12))
        #expect(try hasExpired(#"{"exp":12.5}"#, at: 12.5))
        #expect(try hasExpired(#"{"exp":-1}"#, at: 0))
        for json in ["{}", #"{"exp":null}"#] {
            #expect(try claims(json).expiry == nil)
            #expect(try !hasExpired(json, at: .greatestFiniteMagnitude))
        }
        for exp in [#""12""#, "true", "[12]", "{}"] { #expect(throws: ClaimsError.self, "\(exp)") { try claims(#"{"exp":\#(exp)}"#) } }
    }

    @Test("The system's clock tells the time of day")
    func timeOfDay() {
        let before = Date().timeIntervalSince1970
        let seconds = WallClock.system.seconds()
        let after = Date().timeIntervalSince1970
        // As far as a Date, which counts from another year, is exact.
        #expect(seconds > before - 0.00001 && seconds < after + 0.00001)
    }

    @Test("A subscriber is its user_id, else its sub, as text")
    func user() throws {
        #expect(try claims(#"{"sub":"b","user_id":"a"}"#).userID == "a")
        #expect(try claims(#"{"sub":"b"}"#).userID == "b")
        #expect(try claims(#"{"user_id":7}"#).userID == "7")
        #expect(try claims(#"{"user_id":{},"sub":"b"}"#).userID == "b")
        for json in ["{}", #"{"user_id":null,"sub":true}"#, #"{"sub":["a"]}"#] { #expect(try claims(json).userID == nil) }
    }

    @Test("A claim equals its value, or any element of its list, each once; null, objects and no claim at all equal nothing")
    func keys() throws {
        let known = try claims(#"{"one":7,"text":"7","many":["b",1,"b",null,{},[2]],"none":[],"null":null,"object":{}}"#)
        #expect(known.keys(of: "one") == known.keys(of: "text"))
        #expect(known.keys(of: "one") == [MatchKey("7".utf8)])
        #expect(Set(known.keys(of: "many")) == [MatchKey("b".utf8), MatchKey("1".utf8)] && known.keys(of: "many").count == 2)
        for name in ["none", "null", "object", "missing"] { #expect(known.keys(of: name) == [], "\(name)") }
        #expect(known["null"] == nil && known["missing"] == nil && known["none"] != nil)
    }
}
