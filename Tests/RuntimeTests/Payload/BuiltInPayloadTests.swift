import Testing

@testable import SubsgenRuntime

@Suite("Values of GraphQL's built-in types are read from events and written as they came")
struct BuiltInPayloadTests {
    @Test("A value of the right kind is read and written again", arguments: [#""a\"b""#, #""""#, #""é\n""#])
    func strings(json: String) throws {
        let value = try String(json: Array(json.utf8))
        #expect(text(value) == json)
    }

    @Test("An Int has 32 bits", arguments: ["2147483647", "-2147483648", "0"])
    func integers(json: String) throws {
        #expect(text(try Int32(json: Array(json.utf8))) == json)
    }

    @Test("A number that is no integer of 32 bits is no Int", arguments: ["2147483648", "-2147483649", "1.5", "1e300", "\"1\"", "true", "null"])
    func integersOutOfRange(json: String) {
        #expect(throws: PayloadError.self) { try Int32(json: Array(json.utf8)) }
    }

    @Test("An Int may be written with a fraction of zero or an exponent", arguments: ["7.0", "7e0", "0.7e1"])
    func integersInOtherSpellings(json: String) throws {
        #expect(try Int32(json: Array(json.utf8)) == 7)
    }

    @Test("A Float may be written as an integer, and one too large for 64 bits is refused")
    func floats() throws {
        #expect(try Double(json: Array("3".utf8)) == 3)
        #expect(throws: PayloadError.self) { try Double(json: Array("1e999".utf8)) }
        #expect(text(Double.nan) == "null")
    }

    @Test("An ID is read from a string or an integer and written as a string")
    func identifiers() throws {
        #expect(try ID(json: Array("7".utf8)) == "7")
        #expect(try ID(json: Array("-12345678901234567890".utf8)) == "-12345678901234567890")
        #expect(try ID(json: Array(#""7""#.utf8)) == "7")
        #expect(text(ID("7")) == #""7""#)
        #expect(throws: PayloadError.self) { try ID(json: Array("7.5".utf8)) }
        #expect(throws: PayloadError.self) { try ID(json: Array("true".utf8)) }
    }

    @Test("A String is read from no other kind of value", arguments: ["7", "true", "null", "[]", "{}"])
    func noStrings(json: String) {
        #expect(throws: PayloadError.self) { try String(json: Array(json.utf8)) }
    }

    @Test("Lists nest, and null is a value only where the type has it")
    func lists() throws {
        let lists = try [[Bool?]](json: Array("[[true,null],[],[false]]".utf8))
        #expect(lists == [[true, nil], [], [false]])
        #expect(text(lists) == "[[true,null],[],[false]]")
        #expect(try [Bool]?(json: Array("null".utf8)) == nil)
    }

    @Test("A mistake in a list says where it is")
    func placeInList() {
        let error = #expect(throws: PayloadError.self) { try [[Int32]](json: Array("[[1],[2,null]]".utf8)) }
        #expect(error?.description == "[1][1]: Expected an Int of 32 bits, found null.")
    }

    @Test("A custom scalar is any JSON and is written as it came", arguments: [#"{"a": [1, 2.50]}"#, "1e5", "null", #""x""#])
    func customScalars(json: String) throws {
        #expect(text(try JSONValue(json: Array(json.utf8))) == json)
    }

    @Test("A custom scalar can be made of other payloads and of literals")
    func makingCustomScalars() {
        #expect(text(JSONValue([Int32(1), 2])) == "[1,2]")
        #expect(text("2026-01-01" as JSONValue) == #""2026-01-01""#)
        #expect(text(JSONValue.null) == "null")
    }

    @Test("Text that is no JSON is an error and no crash", arguments: ["", "{", "nul", "\u{FEFF}1"])
    func noJSON(json: String) {
        #expect(throws: PayloadError.self) { try JSONValue(json: Array(json.utf8)) }
    }
}

/// What a payload is written as.
func text(_ payload: some EventPayload) -> String { String(decoding: payload.json, as: UTF8.self) }
