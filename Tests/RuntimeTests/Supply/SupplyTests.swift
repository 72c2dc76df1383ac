import Testing

@testable import SubsgenRuntime

@Suite("Payload fields that functions supply")
struct SupplyTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()

    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          post(id: ID): Post
          posts: [Post!]
          node: Node
          draft: Post
        }
        interface Node { id: ID! }
        type Post implements Node {
          id: ID! text: String replies: [Post]
          excerpt(length: Int = 10, style: Style): String
          score: Int! @resolver
          author: User @resolver
          tags(of: [Kind!]): [String!] @resolver
        }
        type User implements Node { id: ID! name: String! avatar: String! @resolver best: User @resolver friends: [User!]! @resolver }
        enum Kind { A B }
        input Style { mark: String = "…" }
        """

    init() throws {
        executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: RuntimeLimits(resolverQueue: 4))
        for field in ["excerpt", "score", "author", "tags"] { try supply("Post", field) }
        for field in ["avatar", "best", "friends"] { try supply("User", field) }
    }

    private func supply(_ type: String, _ field: String, _ sharing: FieldFunctions.Sharing = .perArguments) throws {
        try executor.setSupplier(type: type, field: field, sharing, host: calls)
    }

    private func subscribe(_ selection: String, claims: String? = nil) throws -> PulledSubscription {
        try executor.subscribe("subscription { \(selection) }", claims: claims)
    }

    // MARK: Calls

    @Test("The function is called once for all objects of an event, each text once, with the coerced arguments")
    func oneCall() throws {
        let client = try subscribe("posts { excerpt(length: 3) replies { excerpt(length: 3) } }")
        try executor.publish("posts", #"[{"id":1,"replies":[{"id":2},null,{"id":3}]},{"id":2},{"id":3,"replies":null}]"#)
        let taken = calls.take()
        #expect(taken.map(\.kind) == [.field])
        #expect(taken.map(\.field) == ["Post.excerpt"])
        #expect(
            taken.map(\.eventText) == [#"[{"id":1,"replies":[{"id":2},null,{"id":3}]},{"id":2},{"id":3},{"id":3,"replies":null}]"#])
        #expect(taken.map(\.argumentText) == [#"{"length":3}"#])
        #expect(client.drain() == [])
        taken.first?.finish(#"{"values":["one","two","three","last"]}"#)
        #expect(
            client.drain() == [
                #"{"data":{"posts":[{"excerpt":"one","replies":[{"excerpt":"two"},null,{"excerpt":"three"}]},{"excerpt":"two","replies":null},{"excerpt":"last","replies":null}]}}"#
            ])
        #expect(calls.take().isEmpty)
    }

    @Test("Fields under several aliases are several calls where their arguments differ, and one where they do not")
    func aliases() throws {
        let client = try subscribe("post { a: excerpt b: excerpt(length: 10) c: excerpt(length: 5, style: {}) id }")
        try executor.publish("post", #"{"id":"1"}"#)
        let taken = calls.take()
        #expect(taken.map(\.argumentText) == [#"{"length":10}"#, #"{"length":5,"style":{"mark":"…"}}"#])
        for call in taken { call.finish(#"{"values":["\#(call === taken[0] ? "x" : "y")"]}"#) }
        #expect(client.drain() == [#"{"data":{"post":{"a":"x","b":"x","c":"y","id":"1"}}}"#])
    }

    @Test("Variables reach the arguments, whatever else the same document was compiled with")
    func variables() throws {
        let query = "subscription($n: Int, $kinds: [Kind!]) { post { excerpt(length: $n) tags(of: $kinds) } }"
        func subscribe(_ variables: String) throws -> PulledSubscription {
            try executor.subscribe(query: query, variables: Array(variables.utf8))
        }
        let clients = try [subscribe(#"{"n":1,"kinds":["A"]}"#), subscribe(#"{"n":2,"kinds":"A"}"#), subscribe("{}"), subscribe(#"{"n":1,"kinds":["A"]}"#)]
        try executor.publish("post", #"{"id":"1"}"#)
        let taken = calls.take()
        #expect(
            Set(taken.map { $0.field + $0.argumentText })
                == [
                    #"Post.excerpt{"length":1}"#, #"Post.excerpt{"length":2}"#, #"Post.excerpt{"length":10}"#, #"Post.tags{"of":["A"]}"#,
                    "Post.tags{}",
                ])
        #expect(taken.count == 5)
        for call in taken { call.finish(call.field == "Post.tags" ? #"{"values":[["t"]]}"# : #"{"values":["\#(call.argumentText.count)"]}"#) }
        #expect(
            clients.map { $0.drain() } == [
                [#"{"data":{"post":{"excerpt":"12","tags":["t"]}}}"#], [#"{"data":{"post":{"excerpt":"12","tags":["t"]}}}"#],
                [#"{"data":{"post":{"excerpt":"13","tags":["t"]}}}"#], [#"{"data":{"post":{"excerpt":"12","tags":["t"]}}}"#],
            ])
    }

    @Test("Subscriptions that select differently share the calls of an event, also those of different arguments")
    func sharing() throws {
        let clients = try [subscribe("post { score }"), subscribe("post { id score }"), subscribe(#"post(id: "1") { score }"#)]
        try executor.publish("post", #"{"id":"1"}"#)
        let taken = calls.take()
        #expect(taken.map(\.eventText) == [#"[{"id":"1"}]"#])
        taken.first?.finish(#"{"values":[7]}"#)
        #expect(
            clients.map { $0.drain() } == [
                [#"{"data":{"post":{"score":7}}}"#], [#"{"data":{"post":{"id":"1","score":7}}}"#], [#"{"data":{"post":{"score":7}}}"#],
            ])
    }

    @Test("Objects that a function supplied have supplied fields of their own: a call a level, for all of them")
    func levels() throws {
        let client = try subscribe("posts { author { name avatar friends { name avatar } } }")
        try executor.publish("posts", #"[{"id":"1"},{"id":"2"}]"#)
        let first = calls.take()
        #expect(first.map(\.field) == ["Post.author"])
        first[0].finish(#"{"values":[{"id":"a","name":"Ada"},{"id":"b","name":"Bob"}]}"#)
        let second = calls.take()
        #expect(second.map(\.field) == ["User.avatar", "User.friends"])
        #expect(second.map(\.eventText) == Array(repeating: #"[{"id":"a","name":"Ada"},{"id":"b","name":"Bob"}]"#, count: 2))
        second[1].finish(#"{"values":[[{"id":"b","name":"Bob"},{"id":"c","name":"Cyd"}],[]]}"#)
        #expect(calls.take().isEmpty, "a projection looks again when all that it waits for is there")
        second[0].finish(#"{"values":["a.png","b.png"]}"#)
        let third = calls.take()
        #expect(third.map(\.eventText) == [#"[{"id":"c","name":"Cyd"}]"#], "Bob's avatar is known")
        third[0].finish(#"{"values":["c.png"]}"#)
        #expect(
            client.drain() == [
                #"{"data":{"posts":[{"author":{"name":"Ada","avatar":"a.png","friends":[{"name":"Bob","avatar":"b.png"},{"name":"Cyd","avatar":"c.png"}]}},{"author":{"name":"Bob","avatar":"b.png","friends":[]}}]}}"#
            ])
    }

    @Test("A value of an interface has the functions of its own type")
    func abstractTypes() throws {
        let client = try subscribe("node { id ... on User { avatar } ... on Post { score } }")
        try executor.publish("node", #"{"__typename":"User","id":"u"}"#)
        try executor.publish("node", #"{"__typename":"Post","id":"p"}"#)
        let taken = calls.take()
        #expect(taken.map(\.field) == ["User.avatar", "Post.score"])
        taken[0].finish(#"{"values":["u.png"]}"#)
        taken[1].finish(#"{"values":[1]}"#)
        #expect(client.drain() == [#"{"data":{"node":{"id":"u","avatar":"u.png"}}}"#, #"{"data":{"node":{"id":"p","score":1}}}"#])
    }

    @Test("What an event holds under the name of a supplied field is not shown")
    func eventsOwn() throws {
        let client = try subscribe("post { score }")
        try executor.publish("post", #"{"id":"1","score":5}"#)
        calls.take().first?.finish(#"{"values":[6]}"#)
        #expect(client.drain() == [#"{"data":{"post":{"score":6}}}"#])
    }

    // MARK: Claims

    @Test("A function that reads claims is called for each of them, and each subscriber gets the answer for his own")
    func perClaims() throws {
        try supply("Post", "score", .perClaims)
        let clients = try [
            subscribe("post { score tags }", claims: #"{"u":1}"#), subscribe("post { score tags }", claims: #"{"u":2}"#),
            subscribe("post { score tags }"), subscribe("post { tags }", claims: #"{"u":1}"#),
            subscribe("post { score tags }", claims: #"{"u":1}"#),
        ]
        #expect(executor.metrics[.groups] == 4)
        try executor.publish("post", #"{"id":"1"}"#)
        let taken = calls.take()
        #expect(taken.count == 4)
        #expect(taken.filter { $0.field == "Post.tags" }.map(\.claimText) == [nil])
        #expect(Set(taken.filter { $0.field == "Post.score" }.map(\.claimText)) == [nil, #"{"u":1}"#, #"{"u":2}"#])
        for call in taken { call.finish(call.field == "Post.tags" ? #"{"values":[[]]}"# : #"{"values":[\#(call.claimText == nil ? 0 : call.claimText == #"{"u":1}"# ? 1 : 2)]}"#) }
        #expect(
            clients.map { $0.drain() } == [
                [#"{"data":{"post":{"score":1,"tags":[]}}}"#], [#"{"data":{"post":{"score":2,"tags":[]}}}"#],
                [#"{"data":{"post":{"score":0,"tags":[]}}}"#], [#"{"data":{"post":{"tags":[]}}}"#],
                [#"{"data":{"post":{"score":1,"tags":[]}}}"#],
            ])
    }

    @Test("Whether claims are read cannot change while the field is selected")
    func changeOfClaims() throws {
        let client = try subscribe("post { score }")
        #expect(throws: ResolverError.self) { try supply("Post", "score", .perClaims) }
        try supply("Post", "tags", .perClaims)
        client.complete()
        try supply("Post", "score", .perClaims)
        #expect(throws: ResolverError.self) { try supply("Post", "id") }
    }

    // MARK: Order and limits

    @Test("Events stay in order, and a group that waits holds up no other")
    func order() throws {
        let (supplied, other, plain) = (try subscribe("post { id score }"), try subscribe("post { id tags }"), try subscribe("post { id }"))
        for id in 1...3 { try executor.publish("post", #"{"id":"\#(id)"}"#) }
        #expect(plain.drain().count == 3)
        let taken = calls.take()
        let (scores, tags) = (taken.filter { $0.field == "Post.score" }, taken.filter { $0.field == "Post.tags" })
        for call in tags { call.finish(#"{"values":[null]}"#) }
        #expect(other.drain().count == 3)
        scores[2].finish(#"{"values":[3]}"#)
        scores[1].fail("no")
        #expect(supplied.drain() == [])
        scores[0].finish(#"{"values":[1]}"#)
        #expect(
            supplied.drain() == [
                #"{"data":{"post":{"id":"1","score":1}}}"#,
                #"{"data":{"post":null},"errors":[{"message":"no","locations":[{"line":1,"column":26}],"path":["post","score"]}]}"#,
                #"{"data":{"post":{"id":"3","score":3}}}"#,
            ])
    }

    @Test("Who subscribes while an event waits does not get it")
    func lateSubscriber() throws {
        let early = try subscribe("post { score }")
        try executor.publish("post", #"{"id":"1"}"#)
        let late = try subscribe("post { score }")
        try executor.publish("post", #"{"id":"2"}"#)
        for (position, call) in calls.take().enumerated() { call.finish(#"{"values":[\#(position)]}"#) }
        #expect(early.drain().count == 2)
        #expect(late.drain() == [#"{"data":{"post":{"score":1}}}"#])
    }

    @Test("A topic that completes ends its subscriptions behind what waits, and not who subscribes afterwards")
    func completion() throws {
        let client = try subscribe("post { score }")
        try executor.publish("post", #"{"id":"1"}"#)
        try executor.complete(topic: "post")
        let late = try subscribe("post { score }")
        #expect(!client.ended)
        calls.take().first?.finish(#"{"values":[1]}"#)
        #expect(client.drain() == [#"{"data":{"post":{"score":1}}}"#])
        #expect(client.ended)
        #expect(!late.ended)
    }

    @Test("So many events may wait; one more from a bus that cannot wait ends the subscriptions that do")
    func limit() throws {
        let bus = ForeignBus()
        let executor = try SubscriptionExecutor(sdl: Self.sdl, bus: bus, limits: RuntimeLimits(resolverQueue: 4))
        try executor.setSupplier(type: "Post", field: "score", .perArguments, host: calls)
        let client = try executor.subscribe("subscription { post { score } }")
        let plain = try executor.subscribe("subscription { post { id } }")
        for id in 1...5 { try bus.deliver("post", #"{"id":"\#(id)"}"#) }
        #expect(plain.drain().count == 5)
        #expect(client.drain() == [#"{"errors":[{"message":"The subscription was ended because more than 4 events waited for its resolver."}]}"#])
        for call in calls.take() { call.finish(#"{"values":[1]}"#) }
        #expect(client.drain() == [])
    }

    @Test("A field's own resolver comes first, and is called once whoever reads claims of its payload")
    func behindResolver() throws {
        try executor.setResolver(field: "draft", FieldFunctions(resolve: .perArguments), host: calls)
        try supply("Post", "score", .perClaims)
        let clients = try [subscribe("draft { id score }", claims: #"{"u":1}"#), subscribe("draft { id score }", claims: #"{"u":2}"#)]
        try executor.publish("draft", #"{"id":"1"}"#)
        let resolving = calls.take()
        #expect(resolving.map(\.kind) == [.resolve])
        resolving[0].finish(#"{"id":"2"}"#)
        let taken = calls.take()
        #expect(taken.map(\.eventText) == [#"[{"id":"2"}]"#, #"[{"id":"2"}]"#])
        for call in taken { call.finish(#"{"values":[9]}"#) }
        for client in clients { #expect(client.drain() == [#"{"data":{"draft":{"id":"2","score":9}}}"#]) }
    }

    @Test("An initial event has what functions supply, for its own claims, and comes first all the same")
    func initial() throws {
        try executor.setResolver(field: "post", FieldFunctions(initial: true), host: calls)
        try supply("Post", "score", .perClaims)
        let client = try subscribe("post { id score }", claims: #"{"u":1}"#)
        calls.take().first?.finish(#"{"id":"0"}"#)
        let snapshot = calls.take()
        #expect(snapshot.map(\.claimText) == [#"{"u":1}"#])
        try executor.publish("post", #"{"id":"1"}"#)
        calls.take().first?.finish(#"{"values":[11]}"#)
        #expect(client.drain() == [])
        snapshot.first?.finish(#"{"values":[10]}"#)
        #expect(client.drain() == [#"{"data":{"post":{"id":"0","score":10}}}"#, #"{"data":{"post":{"id":"1","score":11}}}"#])
    }

    @Test("What was held back for an initial event takes no room when its client completes, though the event waits for functions")
    func initialIsGivenUp() throws {
        let limits = RuntimeLimits(outbox: Outbox.Limits(connectionBytes: 4096))
        let executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
        try executor.setResolver(field: "post", FieldFunctions(initial: true), host: calls)
        try executor.setSupplier(type: "Post", field: "score", .perArguments, host: calls)
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", "subscription { post { text score } }")
        #expect(client.heard() == ["started s post{}"])
        calls.take().first?.finish(#"{"id":"0"}"#)
        let snapshot = calls.take()
        let text = String(repeating: "x", count: 2000)
        try executor.publish("post", #"{"id":"1","text":"\#(text)"}"#)
        calls.take().first?.finish(#"{"values":[11]}"#)
        client.complete("s")
        #expect(client.heard() == ["ended 1"])
        client.subscribe("t", "subscription { draft { text } }")
        try executor.publish("draft", #"{"id":"1","text":"\#(text)\#(text.prefix(1000))"}"#)
        #expect(client.heard().map { String($0.prefix(22)) } == ["started t draft{}", #"{"id":"t","type":"next"#])
        snapshot.first?.finish(#"{"values":[10]}"#)
        #expect(client.heard() == [])
    }

    @Test("A source waits when as many events as may wait for functions")
    func source() throws {
        try executor.setResolver(field: "post", FieldFunctions(source: .perArguments), host: calls)
        let client = try subscribe("post { score }")
        let feed = try #require(calls.take().first)
        let roomy = (1...4).map { feed.emit(Array(#"{"id":"\#($0)"}"#.utf8)) }
        #expect(roomy == [true, true, true, false])
        feed.complete()
        for call in calls.take() { call.finish(#"{"values":[1]}"#) }
        #expect(client.drain().count == 4)
        #expect(client.ended)
    }

    // MARK: Errors

    @Test("An error of one object has its path, and its null climbs from there")
    func errors() throws {
        let client = try subscribe("posts { author { name } tags }")
        try executor.publish("posts", #"[{"id":"1"},{"id":"2"},{"id":"3"}]"#)
        for call in calls.take() {
            call.finish(
                call.field == "Post.tags"
                    ? #"{"values":[["a"],[null],"b"]}"#
                    : #"{"values":[{"id":"a","name":null},null,null],"errors":[[2,"Not \"yours\"."]]}"#)
        }
        #expect(
            client.drain() == [
                #"{"data":{"posts":[{"author":null,"tags":["a"]},{"author":null,"tags":null},{"author":null,"tags":null}]},"errors":["#
                    + #"{"message":"Cannot return null for non-nullable field User.name.","locations":[{"line":1,"column":33}],"path":["posts",0,"author","name"]},"#
                    + #"{"message":"Cannot return null for non-nullable field Post.tags.","locations":[{"line":1,"column":40}],"path":["posts",1,"tags",0]},"#
                    + #"{"message":"Not \"yours\".","locations":[{"line":1,"column":24}],"path":["posts",2,"author"]},"#
                    + #"{"message":"Expected Iterable, but did not find one for field \"Post.tags\".","locations":[{"line":1,"column":40}],"path":["posts",2,"tags"]}]}"#
            ])
    }

    @Test("A call that fails, is thrown away or answers something else is an error of every object", arguments: [0, 1, 2, 3, 4, 5])
    func failures(_ way: Int) throws {
        let client = try subscribe("posts { author { id } }")
        try executor.publish("posts", #"[{"id":"1"},{"id":"2"}]"#)
        var message = "The resolver of \\\"Post.author\\\" gave no value for each object."
        do {
            let call = try #require(calls.take().first)
            switch way {
            case 0:
                call.fail("Down.")
                message = "Down."
            case 1: call.finish(#"{"values":[null]}"#)
            case 2: call.finish("[null,null]")
            case 3: call.skip()
            case 4:
                call.finish("[")
                message = "The resolver of \\\"Post.author\\\" gave no valid event."
            default: message = "The resolver of \\\"Post.author\\\" did not answer."
            }
        }
        let location = #""locations":[{"line":1,"column":24}]"#
        #expect(
            client.drain() == [
                #"{"data":{"posts":[{"author":null},{"author":null}]},"errors":[{"message":""# + message + #"",\#(location),"path":["posts",0,"author"]},"#
                    + #"{"message":""# + message + #"",\#(location),"path":["posts",1,"author"]}]}"#
            ])
    }

    @Test("A field that nobody supplies is null and an error, and nobody is called")
    func nobody() throws {
        let executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus())
        let client = try executor.subscribe("subscription { post { id excerpt } }")
        try executor.publish("post", #"{"id":"1","excerpt":"x"}"#)
        #expect(
            client.drain() == [
                #"{"data":{"post":{"id":"1","excerpt":null}},"errors":[{"message":"No resolver supplies the field \"Post.excerpt\".","locations":[{"line":1,"column":26}],"path":["post","excerpt"]}]}"#
            ])
        #expect(executor.metrics[.resolverCalls] == 0)
    }

    @Test("A mistake in an argument that variables bring is an error of the field, at the argument")
    func wrongArgument() throws {
        let sdl = "type Subscription { a: A } type A { b(c: Int! = 1): Int }"
        let executor = try SubscriptionExecutor(sdl: sdl, bus: MemoryBus())
        try executor.setSupplier(type: "A", field: "b", .perArguments, host: calls)
        let client = try executor.subscribe(query: "subscription($c: Int) { a { b(c: $c) } }", variables: Array(#"{"c":null}"#.utf8))
        try executor.publish("a", "{}")
        #expect(
            client.drain() == [
                #"{"data":{"a":{"b":null}},"errors":[{"message":"Argument \"c\" of non-null type \"Int!\" must not be null.","locations":[{"line":1,"column":34}],"path":["a","b"]}]}"#
            ])
        #expect(calls.take().isEmpty)
    }

    @Test("A response that what was supplied makes too large is given up")
    func tooLarge() throws {
        var limits = RuntimeLimits()
        limits.operation.responseBytes = 100
        let executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
        try executor.setSupplier(type: "Post", field: "excerpt", .perArguments, host: calls)
        let client = try executor.subscribe("subscription { post { id excerpt } }")
        try executor.publish("post", #"{"id":"1"}"#)
        calls.take().first?.finish(#"{"values":["\#(String(repeating: "x", count: 100))"]}"#)
        #expect(client.drain().first?.hasPrefix(#"{"data":null,"errors":[{"message":"The response is larger than the limit of 100 bytes.""#) == true)
    }

    @Test("Answers that come after the subscribers are gone harm nobody")
    func lateAnswer() throws {
        let client = try subscribe("post { score }")
        try executor.publish("post", #"{"id":"1"}"#)
        client.complete()
        calls.take().first?.finish(#"{"values":[1]}"#)
        #expect(client.drain() == [])
        #expect(executor.metrics[.groups] == 0)
    }
}
