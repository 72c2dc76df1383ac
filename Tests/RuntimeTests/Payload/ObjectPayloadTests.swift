import Testing

@testable import SubsgenRuntime

// What the generator writes for a small schema, written by hand: the contract between generated code and the runtime.

private struct Room: ObjectPayload {
    var id: ID
    var topic: String?
    var parent: Room? {
        get { box.value }
        set { box = Boxed(newValue) }
    }
    private var box: Boxed<Room>
    var members: [Member?]?

    init(id: ID, topic: String? = nil, parent: Room? = nil, members: [Member?]? = nil) {
        self.id = id
        self.topic = topic
        box = Boxed(parent)
        self.members = members
    }

    init(decoding fields: inout PayloadFields) throws(PayloadError) {
        id = try fields.required("id")
        topic = try fields.optional("topic")
        box = try fields.boxed("parent")
        members = try fields.optional("members")
    }

    func writeFields(into writer: inout JSONWriter) {
        writer.required("id", id)
        writer.optional("topic", topic)
        writer.boxed("parent", box)
        writer.optional("members", members)
    }
}

private indirect enum Member: EventPayload {
    case Room(Room)
    case unrecognized(JSONValue)

    init(decoding value: JSONValue) throws(PayloadError) {
        switch try value.typename() {
        case "Room": self = .Room(try value.decoded())
        default: self = .unrecognized(value)
        }
    }

    func write(into writer: inout JSONWriter) {
        switch self {
        case .Room(let value): writer.object("Room", value)
        case .unrecognized(let value): writer.value(value)
        }
    }
}

private enum Status: GraphQLEnum {
    case OPEN
    case unrecognized(String)

    init(rawValue: String) {
        switch rawValue {
        case "OPEN": self = .OPEN
        default: self = .unrecognized(rawValue)
        }
    }

    var rawValue: String {
        switch self {
        case .OPEN: return "OPEN"
        case .unrecognized(let name): return name
        }
    }
}

private struct Filter: ObjectPayload {
    var status: GraphQLNullable<Status>
    var not: GraphQLNullable<Filter>

    init(decoding fields: inout PayloadFields) throws(PayloadError) {
        status = try fields.nullable("status")
        not = try fields.nullable("not")
    }

    func writeFields(into writer: inout JSONWriter) {
        writer.nullable("status", status)
        writer.nullable("not", not)
    }
}

@Suite("Objects, abstract types, enums and inputs are read by name and written in the order of the schema")
struct ObjectPayloadTests {
    @Test("Members are found in any order, and those that the type does not have are passed over")
    func anyOrder() throws {
        let room = try Room(json: Array(#"{"x":{"id":1},"members":null,"topic":"t","y":[1],"id":"r"}"#.utf8))
        #expect(text(room) == #"{"id":"r","topic":"t"}"#)
    }

    @Test("A key with escapes is the same key")
    func escapedKeys() throws {
        #expect(try Room(json: Array(#"{"\u0069d":"r"}"#.utf8)).id == "r")
    }

    @Test("A missing member and null are the same in an event, and are left out when it is written")
    func missingAndNull() throws {
        #expect(text(try Room(json: Array(#"{"id":"r","topic":null,"parent":null}"#.utf8))) == #"{"id":"r"}"#)
    }

    @Test("A type may lead back to itself")
    func recursion() throws {
        let json = #"{"id":"a","parent":{"id":"b","parent":{"id":"c"}}}"#
        var room = try Room(json: Array(json.utf8))
        #expect(text(room) == json)
        let copy = room
        room.parent?.parent = nil
        #expect(text(room) == #"{"id":"a","parent":{"id":"b"}}"#)
        #expect(text(copy) == json)
    }

    @Test("An object of an abstract type is told by __typename and written with it")
    func abstractTypes() throws {
        let json = #"{"id":"a","members":[{"__typename":"Room","id":"b"},null]}"#
        #expect(text(try Room(json: Array(json.utf8))) == json)
    }

    @Test("An object of a type that is not known is kept as it came")
    func unknownTypes() throws {
        let json = #"{"id":"a","members":[{"__typename":"Robot","serial": 7.50}]}"#
        #expect(text(try Room(json: Array(json.utf8))) == json)
    }

    @Test("An enum value that is not known is kept as it came")
    func unknownValues() throws {
        #expect(try Status(json: Array(#""OPEN""#.utf8)) == .OPEN)
        #expect(try Status(json: Array(#""HALF""#.utf8)) == .unrecognized("HALF"))
        #expect(text(Status.unrecognized("HALF")) == #""HALF""#)
        #expect(Status(rawValue: "OPEN").hashValue == Status.OPEN.hashValue)
    }

    @Test("An argument's value tells a missing member from null", arguments: [#"{"status":null,"not":{"status":"OPEN"}}"#, "{}"])
    func inputs(json: String) throws {
        #expect(text(try Filter(json: Array(json.utf8))) == json)
    }

    @Test(
        "A mistake says where it is",
        arguments: [
            (#"{"topic":"t"}"#, "id: The field is missing."),
            (#"{"id":null}"#, "id: Expected an ID, found null."),
            (#"{"id":"a","parent":{"id":"b","topic":7}}"#, "parent.topic: Expected a String, found the number 7."),
            (#"{"id":"a","members":[null,{"id":"b"}]}"#, "members[1]: The object has no __typename."),
            (#"{"id":"a","members":["b"]}"#, "members[0]: Expected an object, found a string."),
            (#"["a"]"#, "Expected an object, found an array."),
        ])
    func places(json: String, message: String) {
        let error = #expect(throws: PayloadError.self) { try Room(json: Array(json.utf8)) }
        #expect(error?.description == message)
    }

    @Test("The only member of an object is found, and one of several is refused")
    func onlyMember() throws {
        let field = try JSONValue(json: Array(#"{"id":"7"}"#.utf8)).onlyField()
        #expect(field.name == "id" && field.value.string == "7")
        for json in ["{}", "[]", #"{"id":"7","name":"x"}"#] {
            #expect(throws: PayloadError.self) { try JSONValue(json: Array(json.utf8)).onlyField() }
        }
    }
}
