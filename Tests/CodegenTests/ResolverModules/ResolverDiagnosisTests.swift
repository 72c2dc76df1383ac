import SDLParser
import Testing

@testable import Codegen

@Suite("What is said of an edited resolver module")
struct ResolverDiagnosisTests {
    private static let schema = """
        type Query { ok: Int }
        type Subscription { posted(room: ID!): ChatMessage!  found: Node  ticked: Int! }
        type ChatMessage implements Node { id: ID! room: ID! author: User excerpt(length: Int!): String @resolver }
        type User implements Node { id: ID! }
        type Unrelated { id: ID! }
        interface Node { id: ID! }
        """
    private static let header = "from ..types import ChatMessage, PostedArgs\n"

    /// `line:column code`, and the texts, of what is said of a module.
    private func said(_ text: String, in path: String = "resolvers/posted.py", package: String = "gen") throws -> [(String, Diagnostic)] {
        let result = try Pipeline.run(
            [Source(name: "schema.graphql", text: Self.schema)], options: Pipeline.Options(hasAllTypes: true), templates: try .embedded())
        let types = try #require(result.files?.first { $0.path == "types.py" }).text
        let resolvers = try #require(result.resolvers)
        let source = Source(name: path, text: text)
        return resolvers.diagnose(path, as: source, packageName: package, types: types).map { diagnostic in
            let place = source.location(at: diagnostic.span.start)
            return ("\(place.line):\(place.column) \(diagnostic.code)", diagnostic)
        }
    }

    @Test("a stub as it is written has nothing to be said of it")
    func stubs() throws {
        let files = try generate(Self.schema)
        for (path, text) in files where path.contains("resolvers/") {
            #expect(try said(text, in: path).isEmpty, "\(path)")
        }
    }

    @Test("a type that was renamed is told by the field that has it, with the lines to write")
    func renamed() throws {
        let found = try said(
            """
            from ..types import (
                Message,
                PostedArgs,
            )

            async def resolve(event: "Message", args: PostedArgs, context: Context) -> Message | Skip:
                return event
            """)
        #expect(found.map(\.0) == ["2:5 SG6001"])
        #expect(found.first?.1.message == "types.py has no \"Message\". Subscription.posted has \"ChatMessage\" now.")
        let hint = "Write `from ..types import ChatMessage, PostedArgs` and "
            + "`async def resolve(event: ChatMessage, args: PostedArgs, context: Context) -> ChatMessage | Skip:`"
        #expect(found.first?.1.hint == hint)
    }

    @Test("a type that is gone is told wherever it is taken from types.py, by a near name where there is one")
    func gone() throws {
        let found = try said(
            """
            \(Self.header)from .. import types as t
            from app.gen.types import ChatMesage as C, Vanished
            from elsewhere.types import Anything
            from ..types import ID, Int
            try:
                from ..types import Maybe
            except ImportError: pass
            def resolve(event, args): return t.Usr, t.User, t.ID
            def helper():
                from gen.types import AlsoVanished
            """)
        #expect(found.map(\.0) == ["3:27 SG6001", "3:44 SG6001", "11:27 SG6001", "9:36 SG6001"])
        #expect(found.map(\.1.hint) == [
            "Write `from app.gen.types import ChatMessage as C`", "Write `from app.gen.types import ChatMessage as C`", nil, "Write `User`",
        ])
        #expect(try said(Self.header + "from gen.types import Vanished\ndef resolve(a, b): ...", package: "other").isEmpty)
    }

    @Test("a module without a resolver is told what to write")
    func noResolver() throws {
        let found = try said("x = 1")
        #expect(found.map(\.0) == ["1:1 SG6002"])
        #expect(
            found.first?.1.hint == "Write `from subsgen import Skip` and `from ..types import ChatMessage, PostedArgs` and "
                + "`async def resolve(event: ChatMessage, args: PostedArgs) -> ChatMessage | Skip:`")
        for text in ["resolve = make()", "from .shared import resolve", "from .shared import *", "globals()['resolve'] = 1", "(", "def resolve_batch(a, b): ..."] {
            #expect(try said(text).isEmpty, "\(text)")
        }
        #expect(try said("def resolve_batch(a, b): ...", in: "field_resolvers/chat_message_excerpt.py").map(\.0) == ["1:1 SG6002"])
    }

    @Test(
        "a function that cannot be called as it is called is told how it is",
        arguments: [
            ("def resolve(event): ...", "resolve(event, args) or resolve(event, args, context)"),
            ("def resolve(a, b, c, d): ...", "resolve(event, args) or resolve(event, args, context)"),
            ("def resolve(a, b, *, c): ...", "resolve(event, args) or resolve(event, args, context)"),
            ("def resolve_batch(a, b, c): ...", "resolve_batch(events, args)"),
            ("resolve = f\nasync def authorize(args): ...", "authorize(args, context)"),
            ("resolve = f\ndef initial(args, context, more): ...", "initial(args, context)"),
            ("resolve = f\ndef source(): ...", "source(args) or source(args, context)"),
            ("resolve = f\nif x:\n  def on_subscribe(): ...", "on_subscribe(args, context)"),
        ])
    func uncallable(text: String, call: String) throws {
        let found = try said(text)
        #expect(found.count == 1 && found.first?.1.code == ResolverDiagnosis.uncallable)
        #expect(found.first?.1.message.contains("is called as \(call), and does not take that.") == true)
    }

    @Test(
        "functions that can be called have nothing said of them",
        arguments: [
            "def resolve(e, a=1, c=2): ...", "def resolve(*all): ...", "async def resolve(e, a, /, **more): ...",
            "@cached\ndef resolve(only): ...", "@passthrough\ndef resolve(e, a): ...\ndef resolve_batch(e, a): ...\nasync def authorize(a, c): ...",
            "def resolve(e, a): ...\nclass Other:\n  def authorize(self): ...",
        ])
    func callable(text: String) throws {
        #expect(try said(text).isEmpty)
    }

    @Test("a resolve that resolve_batch would keep from being called is told")
    func twoResolvers() throws {
        #expect(try said("def resolve(e, a): ...\nfrom .shared import resolve_batch").map(\.0) == ["1:5 SG6007"])
        #expect(try said("@passthrough\ndef resolve(e, a): ...\nresolve_batch = f").isEmpty)
    }

    @Test("an annotation that names another class than the field has is told, and a wider one is not")
    func annotations() throws {
        let imports = "from ..types import ChatMessage, PostedArgs, Unrelated, User, Node, FoundArgs\n"
        let cases: [(String, [String])] = [
            ("def resolve(event: Unrelated, args: PostedArgs): ...", ["2:20 SG6004"]),
            ("def resolve(event: ChatMessage, args: FoundArgs): ...", ["2:39 SG6004"]),
            ("def resolve(event: 'Unrelated | None', args: 'PostedArgs'): ...", ["2:20 SG6004"]),
            ("def resolve_batch(events: list[User], args: list[PostedArgs]): ...", ["2:32 SG6004"]),
            ("resolve = f\ndef authorize(args: ChatMessage, context): ...", ["3:21 SG6004"]),
            ("def resolve(event: Node, args: PostedArgs): ...", []),
            ("def resolve(event: object, args: Any): ...", []),
            ("def resolve(event: Unrelated | ChatMessage, args: PostedArgs): ...", []),
        ]
        for (text, expected) in cases { #expect(try said(imports + text).map(\.0) == expected, "\(text)") }
        let found = try said(imports + "def resolve(e: Unrelated, a: PostedArgs): ...").first?.1
        #expect(found?.message == "\"e\" of \"resolve\" is annotated as \"Unrelated\", and Subscription.posted has \"ChatMessage\" now.")
        #expect(found?.hint == "Write `from subsgen import Skip` and `def resolve(e: ChatMessage, a: PostedArgs) -> ChatMessage | Skip:`")
        #expect(try said(imports + "def resolve(event: User, args: FoundArgs): ...", in: "resolvers/found.py").isEmpty)
        #expect(try said(imports + "def resolve(event: User, args): ...", in: "resolvers/ticked.py").map(\.0) == ["2:20 SG6004"])
    }

    @Test("an annotation of a class that is not imported is told")
    func notImported() throws {
        let found = try said("from .. import types\ndef resolve(event: types.ChatMessage, args: PostedArgs): ...")
        #expect(found.map(\.0) == ["2:45 SG6005"])
        #expect(found.first?.1.hint == "Write `from ..types import PostedArgs`")
        #expect(try said("class PostedArgs: ...\ndef resolve(event, args: PostedArgs): ...").isEmpty)
    }

    @Test("a function of almost the name of one that is called is a warning, where nothing else calls it")
    func misspelt() throws {
        let resolve = "def resolve(event, args): ...\n"
        let found = try said(resolve + "def authorise(args, context): ...")
        #expect(found.map(\.0) == ["2:5 SG6006"] && found.first?.1.severity == .warning)
        for text in ["def authorise(a): ...\nauthorise(1)", "def _authorise(a): ...", "def authorise(a): ...\ndef authorize(a, c): ...", "@hook\ndef authorise(a): ...", "def audit(): ..."] {
            #expect(try said(resolve + text).isEmpty, "\(text)")
        }
    }

    @Test("modules of payload fields are judged by their own contract")
    func payloadFields() throws {
        let path = "field_resolvers/chat_message_excerpt.py"
        let imports = "from ..types import ChatMessage, ChatMessageExcerptArgs, User\n"
        #expect(try said(imports + "def resolve(parents: list[ChatMessage], args: ChatMessageExcerptArgs): ...", in: path).isEmpty)
        #expect(try said(imports + "def resolve(parents: list[User], args): ...", in: path).map(\.0) == ["2:27 SG6004"])
        #expect(try said(imports + "def resolve(parents): ...", in: path).map(\.0) == ["2:5 SG6003"])
        #expect(try said("def authorise(a): ...\ndef resolve(p, a): ...", in: path).isEmpty)
    }

    @Test("of a module that answers no field nothing is said")
    func orphan() throws {
        #expect(try said("from ..types import Gone", in: "resolvers/other.py").isEmpty)
    }
}

@Suite("Contracts for what modules define")
struct ResolverContractTests {
    private static let schema = "type Query { ok: Int } type Subscription { tick: Int! tock: String }"

    private func contracts(_ modules: [String: String]) throws -> String {
        let result = try Pipeline.run(
            [Source(name: "", text: Self.schema)], templates: try .embedded(), modules: modules.mapValues { Array($0.utf8) })
        return try #require(result.files?.first { $0.path == "contracts.py" }).text
    }

    @Test("each optional function that a module defines is in its contract, and of other modules in none")
    func functions() throws {
        let text = try contracts([
            "resolvers/tick.py": "def resolve(e, a): ...\nfrom .shared import authorize\ninitial = source = f\ndef on_subscribe(a, c): ...\nclass A:\n  def on_unsubscribe(): ...",
        ])
        let parts = text.split(separator: "class ")
        #expect(parts.count == 3)
        for line in [
            "def resolve(self) -> Resolve[Int, types.TickArgs]: ...", "def authorize(self) -> Authorize[types.TickArgs]: ...",
            "def initial(self) -> Initial[Int, types.TickArgs]: ...", "def source(self) -> Source[Int, types.TickArgs]: ...",
            "def on_subscribe(self) -> Hook[types.TickArgs]: ...",
        ] { #expect(parts[1].contains(line)) }
        #expect(!text.contains("on_unsubscribe") && !parts[2].contains("authorize"))
        #expect(text.contains("from subsgen import Authorize, Hook, Initial, Int, Resolve, Source\n"))
    }

    @Test("resolve_batch takes the place of resolve, and a module with neither owes resolve")
    func required() throws {
        let batch = try contracts(["resolvers/tick.py": "async def resolve_batch(e, a): ..."]).split(separator: "class ")[1]
        #expect(batch.contains("ResolveBatch[Int, types.TickArgs]") && !batch.contains("def resolve("))
        let both = try contracts(["resolvers/tick.py": "def resolve(e, a): ...\ndef resolve_batch(e, a): ..."]).split(separator: "class ")[1]
        #expect(both.contains("def resolve(") && both.contains("def resolve_batch("))
        #expect(try contracts(["resolvers/tick.py": "x = 1"]) == contracts([:]))
    }

    @Test("the functions that a contracts.py on disk does not know are named")
    func unknownFunctions() throws {
        let result = try Pipeline.run([Source(name: "", text: Self.schema)], templates: try .embedded())
        let old = try #require(result.files?.first { $0.path == "contracts.py" }).text
        let module = "def resolve(e, a): ...\ndef authorize(a, c): ...\ndef initial(a, c): ..."
        let names = result.resolvers?.functions(of: "resolvers/tock.py", Array(module.utf8), withoutContractIn: Array(old.utf8))
        #expect(names == ["authorize", "initial"])
        let new = try contracts(["resolvers/tock.py": module])
        #expect(result.resolvers?.functions(of: "resolvers/tock.py", Array(module.utf8), withoutContractIn: Array(new.utf8)) == [])
    }
}
