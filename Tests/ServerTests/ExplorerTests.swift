import SDLParser
import Testing

@testable import SubsgenServer

@Suite("The page for browsers")
struct ExplorerTests {
    static let browser = "accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"

    // MARK: Who gets it

    @Test("A browser gets it at the server's path, and is asked nothing")
    func served() throws {
        let server = try RunningServer(delegate: TellTale(.reject, admission: .refuse(status: 403, reason: "Forbidden")))
        let client = try SocketClient(port: server.port)
        for target in ["/graphql", "/graphql?query=%7B%20version%20%7D"] {
            let page = try client.ask("GET", target, Self.browser)
            #expect(page.status == 200)
            for (name, value) in ExplorerPage.headers { #expect(page.head.contains("\r\n\(name): \(value)\r\n")) }
            #expect(page.head.contains("\r\ncontent-security-policy: frame-ancestors 'none'\r\n"))
            #expect(page.head.contains("\r\nvary: accept\r\n"))
            #expect(page.body == ExplorerPage.html())
        }
        #expect(try client.ask("GET", "/graphql", "accept: application/json\r\naccept: Text/HTML;charset=utf-8\r\n").body == ExplorerPage.html())
        #expect(try client.ask("GET", "/healthz", Self.browser).body == "ok\n")
        #expect(server.executor.metrics[.connections] == 0)
    }

    @Test(
        "Who does not name HTML, or asks for more than to read, sends a request",
        arguments: [
            ("GET", "", 400), ("GET", "accept: */*\r\n", 400), ("GET", "accept: text/*\r\n", 400), ("GET", "accept: application/json\r\n", 400),
            ("HEAD", browser, 405), ("PATCH", browser, 405), ("DELETE", browser, 405),
        ])
    func others(_ method: String, _ headers: String, _ status: Int) throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.request(method, "/graphql", headers)
        #expect(try client.head().hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test("With requests left to the application, browsers get the page and the application the rest")
    func withoutRequests() throws {
        let server = try RunningServer { $0.answersRequests = false }
        let client = try SocketClient(port: server.port)
        #expect(try client.ask("GET", "/graphql", Self.browser).body == ExplorerPage.html())
        try client.request("GET", "/graphql")
        try server.delegate.exchange().respond(status: 204, body: [])
        #expect(try client.head().hasPrefix("HTTP/1.1 204 "))
        try client.request("GET", "/elsewhere", Self.browser)
        try server.delegate.exchange().respond(status: 204, body: [])
        #expect(try client.head().hasPrefix("HTTP/1.1 204 "))
    }

    @Test("It can be left out")
    func leftOut() throws {
        let server = try RunningServer { $0.servesExplorer = false }
        let client = try SocketClient(port: server.port)
        #expect(try client.ask("GET", "/graphql", Self.browser).status == 400)
    }

    // MARK: What it is

    @Test("Its policy lets in its own script and style alone")
    func policy() throws {
        let html = ExplorerPage.html()
        let policy = try #require(Self.between("Content-Security-Policy\" content=\"", "\">", html))
        let script = try #require(Self.between("<script type=\"module\">", "</script>", html))
        let style = try #require(Self.between("<style>", "</style>", html))
        let digests = [script, style].map { "sha256-\(Base64.encoded(SHA256.digest(of: $0.utf8)))" }
        #expect(
            policy == """
                default-src 'none'; script-src '\(digests[0])'; style-src '\(digests[1])'; img-src data:; connect-src 'self'; \
                base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'
                """)
        for name in ["endpoint", "policy", "title", "style", "script"] { #expect(!html.contains("{{\(name)}}")) }
        #expect(html.hasPrefix("<!doctype html>\n") && html.hasSuffix("</html>\n"))
    }

    @Test("Every module that is imported is in it, once and before who imports it")
    func modules() throws {
        let script = try #require(Self.between("<script type=\"module\">", "</script>", ExplorerPage.html()))
        var made: Set<Substring> = []
        for line in script.split(separator: "\n") {
            #expect(!line.hasPrefix("import ") && !line.hasPrefix("export "))
            guard line.hasPrefix("const ") else { continue }
            if line.hasSuffix(" = (() => {"), line.hasPrefix("const module_") {
                #expect(made.insert(line.dropFirst("const module_".count).dropLast(" = (() => {".count)).inserted)
            } else if let imported = Self.between("} = module_", ";", String(line)) {
                #expect(made.contains(imported[...]), "\(imported)")
            }
        }
        #expect(!script.contains("(() => {\n\nreturn "), "a module whose file is not in explorer.c is empty")
        #expect(made.count > 20 && made.isSuperset(of: ["app", "socket", "walk"]))
    }

    @Test("Path and title are text, whatever is in them")
    func escaping() {
        let html = ExplorerPage.html(path: "/\"<graphql>&'", title: "<\u{338}script>{{style}}\r\n")
        #expect(html.contains("data-endpoint=\"/&quot;&lt;graphql&gt;&amp;&#x27;\""))
        #expect(html.contains("<title>&lt;\u{338}script&gt;{{style}}\r\n</title>"))
    }

    // MARK: Modules as one script

    @Test("A module comes after those that it needs, each of them once")
    func bundling() {
        let files = [
            "a": "import { c, d } from \"./c.js\";\nimport { b } from \"./b.js\";\nb(c);\n",
            "b": "import { c } from \"./c.js\";\nexport async function b(x) {\n  return x;\n}\nexport const B = 1;",
            "c": "export class c {}\nexport function* d() {}\nlet exported = \"export let e\";\n// export let f = 1;",
        ]
        var asked: [String] = []
        let bundle = ModuleBundle(of: "a") { name in
            asked.append(name)
            return files[name] ?? ""
        }
        #expect(asked == ["a", "c", "b"])
        #expect(
            bundle.script == """

                const module_c = (() => {
                class c {}
                function* d() {}
                let exported = "export let e";
                // export let f = 1;
                return { c, d };
                })();

                const module_b = (() => {
                const { c } = module_c;
                async function b(x) {
                  return x;
                }
                const B = 1;
                return { b, B };
                })();

                const module_a = (() => {
                const { c, d } = module_c;
                const { b } = module_b;
                b(c);

                return {  };
                })();

                """)
    }

    @Test("Modules that need each other come to an end")
    func circle() {
        let files = ["a": "import { b } from \"./b.js\";", "b": "import { a } from \"./a.js\";"]
        let script = ModuleBundle(of: "a") { files[$0] ?? "" }.script
        #expect(script.contains("module_a = ") && script.contains("module_b = "))
    }

    /// What stands between two texts, of which the first is in the text once.
    private static func between(_ start: String, _ end: String, _ text: String) -> String? {
        guard case let parts = text.split(separator: start, omittingEmptySubsequences: false), parts.count == 2 else { return nil }
        return parts[1].split(separator: end, maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
    }
}
