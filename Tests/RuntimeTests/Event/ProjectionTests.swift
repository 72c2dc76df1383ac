import SubsgenRuntime
import Testing

@Suite("Projecting events")
struct ProjectionTests {
    private static let sdl = """
        type Subscription {
          messageAdded: Message
          messageKept: Message!
          batch: [Message!]
          grid: [[Int!]]
          pet: Pet
          found: Found!
          count: Int
        }
        type Message { id: ID! text: String author: User! room: Room secret: String @internal tags: [String!] replies: [Message!]! edited(by: ID): Boolean pinned(by: ID): Boolean! }
        type User { name: String! age: Int }
        type Room { id: ID! topic: String! }
        interface Pet { name: String! }
        type Cat implements Pet { name: String! lives: Int! }
        type Dog implements Pet { name: String! barks: Boolean friend: Pet }
        union Found = Message | Cat
        type Stone { weight: Float }
        """

    private func response(_ event: String, _ query: String, variables: String? = nil) throws -> String {
        try compiler(Self.sdl).response(to: event, query, variables: variables)
    }

    @Test("gives the selected fields in the order and under the aliases of the operation")
    func order() throws {
        #expect(
            try response(
                #"{"author": {"age": 7, "name": "Ada"}, "secret": "x", "text": "h\u00e9\n", "id": "1"}"#,
                "subscription { added: messageAdded { id body: text id2: id author { name years: age } __typename } }")
                == #"{"data":{"added":{"id":"1","body":"h\u00e9\n","id2":"1","author":{"name":"Ada","years":7},"__typename":"Message"}}}"#)
    }

    @Test("finds members wherever they stand, also under escaped keys")
    func lookup() throws {
        let query = "subscription { messageAdded { id text author { name } } }"
        let expected = #"{"data":{"messageAdded":{"id":"1","text":"t","author":{"name":"n"}}}}"#
        for event in [
            #"{"id":"1","text":"t","author":{"name":"n"}}"#, #"{"author":{"name":"n"},"text":"t","id":"1"}"#,
            #"{"text":"t","i":0,"idd":0,"textual":0,"author":{"x":{},"name":"n"},"id":"1"}"#, #"{"\u0069d":"1","te\u0078t":"t","author":{"name":"n"}}"#,
        ] {
            #expect(try response(event, query) == expected, "\(event)")
        }
    }

    @Test("merges selections of one response key, through fragments")
    func merging() throws {
        #expect(
            try response(
                #"{"id":"1","author":{"name":"Ada","age":7},"room":{"id":"r","topic":"t"}}"#,
                """
                subscription { messageAdded { ...A author { age } ... { room { id } } ...A } }
                fragment A on Message { author { name } ...B }
                fragment B on Message { room { topic id } id }
                """)
                == #"{"data":{"messageAdded":{"author":{"name":"Ada","age":7},"room":{"topic":"t","id":"r"},"id":"1"}}}"#)
    }

    @Test("leaves out what @skip and @include say, also everything")
    func conditions() throws {
        let query = """
            subscription($yes: Boolean!, $no: Boolean = false) {
              messageAdded { id @skip(if: $yes) text @include(if: $no) ...A @include(if: $no) ... @skip(if: $no) { author @skip(if: $yes) { name } } }
            }
            fragment A on Message { room { id } }
            """
        let event = #"{"id":"1","text":"t","author":{"name":"n"},"room":{"id":"r"}}"#
        #expect(try response(event, query, variables: #"{"yes":true}"#) == #"{"data":{"messageAdded":{}}}"#)
        #expect(
            try response(event, query, variables: #"{"yes":false,"no":true}"#)
                == #"{"data":{"messageAdded":{"id":"1","text":"t","room":{"id":"r"}}}}"#)
    }

    @Test("takes an absent field as null, and null climbs to the nearest nullable field with one error")
    func nulls() throws {
        #expect(
            try response(#"{"id":"1"}"#, "subscription { messageAdded { id text room { id } } }")
                == #"{"data":{"messageAdded":{"id":"1","text":null,"room":null}}}"#)
        #expect(
            try response(#"{"id":"1","room":{"id":"r"},"text":"t"}"#, "subscription {\n  messageAdded { id room { id t: topic } text }\n}")
                == #"{"data":{"messageAdded":{"id":"1","room":null,"text":"t"}},"errors":[{"message":"Cannot return null for non-nullable field Room.topic.","locations":[{"line":2,"column":31}],"path":["messageAdded","room","t"]}]}"#)
        #expect(
            try response(#"{"id":null}"#, "subscription { m: messageKept { id } }")
                == #"{"data":null,"errors":[{"message":"Cannot return null for non-nullable field Message.id.","locations":[{"line":1,"column":33}],"path":["m","id"]}]}"#)
        #expect(try response("null", "subscription { messageAdded { id } }") == #"{"data":{"messageAdded":null}}"#)
        #expect(
            try response("null", "subscription { messageKept { id } }")
                == #"{"data":null,"errors":[{"message":"Cannot return null for non-nullable field Subscription.messageKept.","locations":[{"line":1,"column":16}],"path":["messageKept"]}]}"#)
    }

    @Test("gives an error the places of all selections that ask for the field")
    func places() throws {
        #expect(
            try response(#"{"author":{"name":null}}"#, "subscription { messageAdded { author { name } ...A } } fragment A on Message { author { name } }")
                == #"{"data":{"messageAdded":null},"errors":[{"message":"Cannot return null for non-nullable field User.name.","locations":[{"line":1,"column":40},{"line":1,"column":89}],"path":["messageAdded","author","name"]}]}"#)
    }

    @Test("completes lists and lists of lists, each element by itself")
    func lists() throws {
        #expect(
            try response(#"[{"id":"1","tags":[]},{"id":"2","tags":["a" , "b"]}]"#, "subscription { batch { id tags } }")
                == #"{"data":{"batch":[{"id":"1","tags":[]},{"id":"2","tags":["a","b"]}]}}"#)
        #expect(
            try response(#"[[1,2],null,[],[3,null],[4]]"#, "subscription { grid }")
                == #"{"data":{"grid":[[1,2],null,[],null,[4]]},"errors":[{"message":"Cannot return null for non-nullable field Subscription.grid.","locations":[{"line":1,"column":16}],"path":["grid",3,1]}]}"#)
        #expect(
            try response(#"[{"id":"1","tags":["a",null]},{"id":"2","tags":"x"}]"#, "subscription { batch { tags id } }")
                == #"{"data":{"batch":[{"tags":null,"id":"1"},{"tags":null,"id":"2"}]},"errors":[{"message":"Cannot return null for non-nullable field Message.tags.","locations":[{"line":1,"column":24}],"path":["batch",0,"tags",1]},{"message":"Expected Iterable, but did not find one for field \"Message.tags\".","locations":[{"line":1,"column":24}],"path":["batch",1,"tags"]}]}"#)
        #expect(
            try response(#"[{"id":"1"},{}]"#, "subscription { batch { id } }")
                == #"{"data":{"batch":null},"errors":[{"message":"Cannot return null for non-nullable field Message.id.","locations":[{"line":1,"column":24}],"path":["batch",1,"id"]}]}"#)
    }

    @Test("selects by the object type that the event's __typename names")
    func abstractTypes() throws {
        let query = """
            subscription { pet { kind: __typename ...C ... on Dog { barks friend { name ...C } } ... on Pet { name } } }
            fragment C on Cat { lives }
            """
        #expect(
            try response(#"{"name":"Tom","lives":9,"__typename":"Cat"}"#, query)
                == #"{"data":{"pet":{"kind":"Cat","lives":9,"name":"Tom"}}}"#)
        #expect(
            try response(#"{"__typename":"\u0044og","name":"Rex","barks":true,"friend":{"__typename":"Cat","name":"Tom","lives":1}}"#, query)
                == #"{"data":{"pet":{"kind":"Dog","barks":true,"friend":{"name":"Tom","lives":1},"name":"Rex"}}}"#)
        #expect(
            try response(#"{"__typename":"Cat","name":"Tom","lives":9}"#, "subscription { found { __typename ... on Pet { name } ... on Message { id } } }")
                == #"{"data":{"found":{"__typename":"Cat","name":"Tom"}}}"#)
    }

    @Test(
        "says why an event is of no type that can be",
        arguments: [
            (#"{"name":"x"}"#, #"Abstract type \"Pet\" must resolve to an Object type at runtime for field \"Subscription.pet\". The event must be an object with a \"__typename\"."#),
            (#"7"#, #"Abstract type \"Pet\" must resolve to an Object type at runtime for field \"Subscription.pet\". The event must be an object with a \"__typename\"."#),
            (#"{"__typename":7}"#, #"Abstract type \"Pet\" must resolve to an Object type at runtime for field \"Subscription.pet\". The event must be an object with a \"__typename\"."#),
            (#"{"__typename":"Cow"}"#, #"Abstract type \"Pet\" was resolved to a type \"Cow\" that does not exist inside the schema."#),
            (#"{"__typename":"Found"}"#, #"Abstract type \"Pet\" was resolved to a non-object type \"Found\"."#),
            (#"{"__typename":"Stone"}"#, #"Runtime Object type \"Stone\" is not a possible type for \"Pet\"."#),
        ])
    func noType(_ example: (event: String, message: String)) throws {
        #expect(
            try response(example.event, "subscription { pet { name } }")
                == #"{"data":{"pet":null},"errors":[{"message":""# + example.message + #"","locations":[{"line":1,"column":16}],"path":["pet"]}]}"#)
    }

    @Test("gives null and an error for payload fields that take arguments")
    func unsupplied() throws {
        #expect(
            try response(#"{"id":"1","edited":true}"#, "subscription { messageAdded { edited(by: 1) id } }")
                == #"{"data":{"messageAdded":{"edited":null,"id":"1"}},"errors":[{"message":"No resolver supplies the field \"Message.edited\".","locations":[{"line":1,"column":31}],"path":["messageAdded","edited"]}]}"#)
        #expect(
            try response(#"{"id":"1","pinned":true}"#, "subscription { messageAdded { pinned id } }")
                == #"{"data":{"messageAdded":null},"errors":[{"message":"No resolver supplies the field \"Message.pinned\".","locations":[{"line":1,"column":31}],"path":["messageAdded","pinned"]}]}"#)
    }

    @Test("refuses what is no object where an object must be, without showing what is in it")
    func noObject() throws {
        #expect(
            try response(#"[{"secret":1}]"#, "subscription { messageAdded { id } }")
                == #"{"data":{"messageAdded":null},"errors":[{"message":"Expected value of type \"Message\" but got: [Array].","locations":[{"line":1,"column":16}],"path":["messageAdded"]}]}"#)
    }

    @Test("gives a failure of the resolver null at the root field and one error")
    func failure() throws {
        let compiler = try compiler(Self.sdl)
        let nullable = try compiler.subscription("subscription { m: messageAdded { id } }")
        #expect(
            String(decoding: nullable.projection.body(failure: "boom \"x\""), as: UTF8.self)
                == #"{"data":{"m":null},"errors":[{"message":"boom \"x\"","locations":[{"line":1,"column":16}],"path":["m"]}]}"#)
        let nonNull = try compiler.subscription("subscription { messageKept { id } }")
        #expect(
            String(decoding: nonNull.projection.body(failure: "boom"), as: UTF8.self)
                == #"{"data":null,"errors":[{"message":"boom","locations":[{"line":1,"column":16}],"path":["messageKept"]}]}"#)
    }

    @Test("writes responses of any size")
    func large() throws {
        let tags = (0..<20_000).map { "\"tag\($0)\"" }.joined(separator: ",")
        #expect(
            try response("{\"tags\":[\(tags)]}", "subscription { messageAdded { tags } }") == "{\"data\":{\"messageAdded\":{\"tags\":[\(tags)]}}}")
    }

    @Test("goes as deep as an event may")
    func deep() throws {
        var event = #"{"id":"0"}"#
        var query = "id"
        for _ in 0..<48 {
            event = #"{"id":"1","replies":["# + event + "]}"
            query = "id replies { \(query) }"
        }
        #expect(try response(event, "subscription { messageAdded { \(query) } }") == "{\"data\":{\"messageAdded\":" + event + "}}")
    }
}
