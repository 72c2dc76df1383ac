import SubsgenRuntime
import Testing

@Suite("Answering introspection")
struct IntrospectionTests {
    private static let sdl = """
        "What it is."
        schema { query: Query subscription: Subscription }
        type Query { hello(name: String = "you"): String }
        "All events."
        type Subscription {
          messageAdded(roomId: ID! @filter(field: "room"), old: Int @deprecated(reason: "Why.") @resolverArgument, limits: Limits = {most: 3} @resolverArgument): [Message!]
        }
        interface Node { id: ID! }
        type Message implements Node { id: ID! room: ID @internal text: String @deprecated kind: Kind! secret: Audit @internal when: Date found: [[Found!]]! }
        type Audit @internal { by: String }
        type Room implements Node { id: ID! }
        union Found = Message | Room
        enum Kind { TEXT @deprecated(reason: "Old.") IMAGE }
        input Limits { most: Int! = 5 least: Int @deprecated }
        input Choice @oneOf { a: Int b: String }
        scalar Date @specifiedBy(url: "https://example.com/date")
        directive @tag(name: String!, old: Int @deprecated) repeatable on FIELD_DEFINITION | OBJECT
        """

    private func answer(_ query: String, variables: String? = nil, operationName: String? = nil, sdl: String = IntrospectionTests.sdl) throws -> String {
        let variables = try variables.map(json)
        let compiled = try compiler(sdl).compile(query: query, operationName: operationName, variables: variables)
        guard case .response(let body) = compiled else { return "not a response" }
        return String(decoding: body, as: UTF8.self)
    }

    @Test("gives the name of the query root")
    func typename() throws {
        #expect(try answer("{ __typename t: __typename }") == #"{"data":{"__typename":"Query","t":"Query"}}"#)
        #expect(try answer("query($no: Boolean!) { __typename @include(if: $no) }", variables: #"{"no":false}"#) == #"{"data":{}}"#)
    }

    @Test("describes the schema and lists what clients may see")
    func schema() throws {
        #expect(
            try answer("{ __schema { description queryType { name } mutationType { name } subscriptionType { name description } } }")
                == #"{"data":{"__schema":{"description":"What it is.","queryType":{"name":"Query"},"mutationType":null,"subscriptionType":{"name":"Subscription","description":"All events."}}}}"#)
        let types = try json(answer("{ __schema { types { name } } }"))["data"]?["__schema"]?["types"]?.elements.compactMap { $0["name"]?.string }
        let names = try #require(types)
        // Float is not referred to, Audit is @internal, subsgen's enums belong to no schema.
        #expect(
            names == [
                "String", "Int", "Boolean", "ID", "__Schema", "__Type", "__TypeKind", "__Field", "__InputValue", "__EnumValue", "__Directive",
                "__DirectiveLocation", "Query", "Subscription", "Node", "Message", "Room", "Found", "Kind", "Limits", "Choice", "Date",
            ])
        #expect(
            try answer("{ __schema { directives { name isRepeatable locations args { name } } } }")
                == #"{"data":{"__schema":{"directives":[{"name":"skip","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if"}]},{"name":"include","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if"}]},{"name":"deprecated","isRepeatable":false,"locations":["FIELD_DEFINITION","ARGUMENT_DEFINITION","INPUT_FIELD_DEFINITION","ENUM_VALUE"],"args":[{"name":"reason"}]},{"name":"specifiedBy","isRepeatable":false,"locations":["SCALAR"],"args":[{"name":"url"}]},{"name":"oneOf","isRepeatable":false,"locations":["INPUT_OBJECT"],"args":[]},{"name":"tag","isRepeatable":true,"locations":["FIELD_DEFINITION","OBJECT"],"args":[{"name":"name"}]}]}}}"#)
    }

    @Test("hides what is @internal: fields, types, and where they could be reached")
    func internals() throws {
        #expect(
            try answer("{ __type(name: \"Message\") { kind name fields { name } interfaces { name } possibleTypes { name } ofType { name } } }")
                == #"{"data":{"__type":{"kind":"OBJECT","name":"Message","fields":[{"name":"id"},{"name":"kind"},{"name":"when"},{"name":"found"}],"interfaces":[{"name":"Node"}],"possibleTypes":null,"ofType":null}}}"#)
        #expect(try answer("{ a: __type(name: \"Audit\") { name } b: __type(name: \"FilterOperator\") { name } }") == #"{"data":{"a":null,"b":null}}"#)
        #expect(try answer("query($n: String!) { __type(name: $n) { possibleTypes { name } } }", variables: #"{"n":"Node"}"#) == #"{"data":{"__type":{"possibleTypes":[{"name":"Message"},{"name":"Room"}]}}}"#)
    }

    @Test("leaves out what is deprecated unless it is asked for")
    func deprecation() throws {
        #expect(
            try answer(
                "query($all: Boolean!) { __type(name: \"Message\") { all: fields(includeDeprecated: $all) { name isDeprecated deprecationReason } fields { name } } }",
                variables: #"{"all":true}"#)
                == #"{"data":{"__type":{"all":[{"name":"id","isDeprecated":false,"deprecationReason":null},{"name":"text","isDeprecated":true,"deprecationReason":"No longer supported"},{"name":"kind","isDeprecated":false,"deprecationReason":null},{"name":"when","isDeprecated":false,"deprecationReason":null},{"name":"found","isDeprecated":false,"deprecationReason":null}],"fields":[{"name":"id"},{"name":"kind"},{"name":"when"},{"name":"found"}]}}}"#)
        #expect(
            try answer("{ __type(name: \"Kind\") { enumValues { name } all: enumValues(includeDeprecated: true) { name deprecationReason } } }")
                == #"{"data":{"__type":{"enumValues":[{"name":"IMAGE"}],"all":[{"name":"TEXT","deprecationReason":"Old."},{"name":"IMAGE","deprecationReason":null}]}}}"#)
        #expect(
            try answer("{ __type(name: \"Subscription\") { fields { args { name } all: args(includeDeprecated: true) { name defaultValue } } } }")
                == #"{"data":{"__type":{"fields":[{"args":[{"name":"roomId"},{"name":"limits"}],"all":[{"name":"roomId","defaultValue":null},{"name":"old","defaultValue":null},{"name":"limits","defaultValue":"{most: 3}"}]}]}}}"#)
        #expect(
            try answer("{ __type(name: \"Limits\") { isOneOf inputFields { name defaultValue } all: inputFields(includeDeprecated: true) { name } } c: __type(name: \"Choice\") { isOneOf } d: __type(name: \"Date\") { specifiedByURL isOneOf } }")
                == #"{"data":{"__type":{"isOneOf":false,"inputFields":[{"name":"most","defaultValue":"5"}],"all":[{"name":"most"},{"name":"least"}]},"c":{"isOneOf":true},"d":{"specifiedByURL":"https://example.com/date","isOneOf":null}}}"#)
    }

    @Test("unwraps lists and non-null types, and goes on from the named type")
    func wrappers() throws {
        #expect(
            try answer(
                """
                { __type(name: "Message") { fields { name type { ...T ofType { ...T ofType { ...T ofType { ...T ofType { ...T possibleTypes { name } } } } } } } } }
                fragment T on __Type { kind name }
                """
            ).contains(#"{"name":"found","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"LIST","name":null,"ofType":{"kind":"LIST","name":null,"ofType":{"kind":"NON_NULL","name":null,"ofType":{"kind":"UNION","name":"Found","possibleTypes":[{"name":"Message"},{"name":"Room"}]}}}}}}"#))
    }

    @Test("refuses lists of types and fields that multiply each other, also through fragments")
    func depth() throws {
        let compiler = try compiler(Self.sdl)
        #expect(try compiler.refusal("{ __schema { types { fields { type { fields { name } } } } } }") == [])
        #expect(
            try compiler.refusal("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }")
                == ["Maximum introspection depth exceeded @1:3"])
        let chain = "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { interfaces { ...C } } fragment C on __Type { possibleTypes { name } }"
        #expect(try compiler.refusal(chain) == ["Maximum introspection depth exceeded @1:3"])
    }

    @Test("refuses other queries, where nobody executes them")
    func queries() throws {
        #expect(try compiler(Self.sdl).refusal("{ __typename hello }") == ["This server answers subscriptions only: it has no \"execute\" hook for \"Query.hello\". @1:14"])
    }

    @Test("gives a schema without a query root one, so that clients can introspect it")
    func queryRoot() throws {
        let sdl = "type Subscription { ticked: Int }"
        #expect(
            try answer("{ __typename __schema { queryType { name fields { name type { name } } } } }", sdl: sdl)
                == #"{"data":{"__typename":"Query","__schema":{"queryType":{"name":"Query","fields":[{"name":"_empty","type":{"name":"Boolean"}}]}}}}"#)
        #expect(try compiler(sdl).refusal("{ _empty }") == ["This server answers subscriptions only: it has no \"execute\" hook for \"Query._empty\". @1:3"])
        let taken = "schema { subscription: Events } type Events { ticked: Query } type Query { a: Int }"
        #expect(
            try answer("{ __schema { queryType { name } subscriptionType { name } } }", sdl: taken)
                == #"{"data":{"__schema":{"queryType":{"name":"QueryRoot"},"subscriptionType":{"name":"Events"}}}}"#)
        #expect(try compiler(taken).response(to: #"{"a":1}"#, "subscription { ticked { a } }") == #"{"data":{"ticked":{"a":1}}}"#)
    }

    @Test("gives up a response that would be huge")
    func size() throws {
        let compiler = try compiler(Self.sdl, limits: OperationLimits(responseBytes: 1_000))
        let compiled = try compiler.compile(query: "{ __schema { types { name description } } }", operationName: nil, variables: nil)
        guard case .response(let body) = compiled else { return #expect(Bool(false)) }
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"data":null,"errors":[{"message":"The response is larger than the limit of 1000 bytes.","locations":[{"line":1,"column":27}],"path":["__schema","types",11,"description"]}]}"#)
    }
}
