import CExplorer
import SDLParser

/// The page that browsers get at the endpoint: a schema to explore, an editor, and what is subscribed to, live.
///
/// One file of HTML that loads nothing: its policy lets in its own script and style, by their digests, and connections to its own server.
public enum ExplorerPage {
    /// The headers to serve a page with.
    public static let headers = [
        ("content-type", "text/html; charset=utf-8"),
        // What a page cannot say of itself; the rest of its policy stands in it.
        ("content-security-policy", "frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-cache"),
        ("vary", "accept"),
    ]

    /// The page for the endpoint at a path, which may be relative to where the page is served; by default it is the same address.
    public static func html(path: String = "", title: String = "GraphQL") -> String {
        let parts = ["endpoint": escaped(path), "policy": policy, "title": escaped(title), "style": style, "script": script]
        // Braces stand around the names of parts, and nowhere else in it.
        return template.split { $0 == "{" || $0 == "}" }.map { parts[String($0)] ?? String($0) }.joined()
    }

    // MARK: For who asks for it

    /// Whether a browser asks for a page: others name other types, or none.
    static func isAskedFor(by request: ServerRequest) -> Bool {
        request.method == "GET" && AcceptHeader(request).names("text/html")
    }

    static func answer(_ exchange: ServerExchange) {
        exchange.respond(status: 200, headers: headers, body: atEndpoint)
    }

    private static let atEndpoint = Array(html().utf8)

    // MARK: What it is made of

    private static let template = file("explorer.html")
    private static let style = file("explorer.css")
    private static let script = ModuleBundle(of: "app") { file("\($0).js") }.script

    private static let policy = """
        default-src 'none'; script-src '\(digest(script))'; style-src '\(digest(style))'; img-src data:; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'
        """

    /// The text of a file in Sources/CExplorer/page.
    private static func file(_ name: String) -> String {
        subsgen_explorer_file(name).map { String(cString: $0) } ?? ""
    }

    private static func digest(_ text: String) -> String { "sha256-\(Base64.encoded(SHA256.digest(of: text.utf8)))" }

    /// Text within an attribute or an element of HTML.
    private static func escaped(_ text: String) -> String {
        var html = ""
        // Not by characters: to Swift a < with an accent is another one, and to a browser it is none.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#x27;"
            default: html.unicodeScalars.append(scalar)
            }
        }
        return html
    }
}
