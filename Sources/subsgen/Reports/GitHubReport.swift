import SDLParser

/// Diagnostics as workflow commands of GitHub Actions, a line each, which become annotations of the file:
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
enum GitHubReport {
    static func text(_ diagnostics: [Diagnostic]) -> String {
        var places = PlaceFinder()
        return diagnostics.map { diagnostic in
            let place = places.place(diagnostic.span, in: diagnostic.source)
            var properties = [("file", place.file), ("line", String(place.start.line))]
            // Columns belong to annotations of one line only.
            if place.end.line == place.start.line { properties.append(("col", String(place.start.column))) }
            properties.append(("endLine", String(place.end.line)))
            if place.end.line == place.start.line { properties.append(("endColumn", String(place.end.column))) }
            properties.append(("title", diagnostic.code.description))
            let list = properties.map { "\($0)=\(escaped($1, isProperty: true))" }.joined(separator: ",")
            let message = diagnostic.message + (diagnostic.hint.map { "\n" + $0 } ?? "")
            return "::\(diagnostic.severity.rawValue) \(list)::\(escaped(message, isProperty: false))\n"
        }.joined()
    }

    /// As the runner undoes it; properties end at commas and colons.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
