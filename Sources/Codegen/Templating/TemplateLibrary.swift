import Mustache
import Templates

/// The templates of all files, compiled.
///
/// A template holds the shape of a file and no decision: names, types and line breaks come from Codegen.
public struct TemplateLibrary: Sendable {
    private let templates: [String: MustacheTemplate]

    /// Compiles templates by their names, which are those of the files without `.mustache`.
    ///
    /// Throws for a template that does not parse, and for partials: an unknown one would render as nothing.
    public init(sources: [String: String]) throws(CodegenError) {
        var templates: [String: MustacheTemplate] = [:]
        for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
            if source.contains("{{>") || source.contains("{{<") {
                throw CodegenError("template \(name) includes another template, which templates may not")
            }
            do {
                // Text, or the renderer would escape for HTML.
                templates[name] = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + source)
            } catch {
                throw CodegenError("template \(name) is broken: \(error)")
            }
        }
        self.templates = templates
    }

    /// The templates that subsgen carries.
    public static func embedded() throws(CodegenError) -> TemplateLibrary {
        try TemplateLibrary(sources: EmbeddedTemplates.all)
    }

    /// Renders a template. Throws for an unknown template and for each name that the template asks for and `values` lack.
    public func render(_ name: String, _ values: TemplateValues) throws(CodegenError) -> String {
        guard let template = templates[name] else { throw CodegenError("there is no template \(name)") }
        let missing = MissingNames()
        let text = template.render(TemplateScope(values: values.values, missing: missing))
        if !missing.names.isEmpty {
            throw CodegenError("template \(name) asks for \(missing.names.sorted().joined(separator: ", ")), which it is not given")
        }
        return text
    }
}

/// The names that one rendering asked for in vain. The renderer has no errors of its own: what is unknown renders as nothing.
private final class MissingNames {
    var names: Set<String> = []
}

private struct TemplateScope: MustacheParent {
    let values: [String: TemplateValues.Value]
    let missing: MissingNames

    func child(named name: String) -> Any? {
        switch values[name] {
        case .text(let text): return text
        case .flag(let flag): return flag
        case .list(let items): return items.map { TemplateScope(values: $0.values, missing: missing) }
        case nil:
            missing.names.insert(name)
            // Nil would send the renderer to the scopes around this one.
            return false
        }
    }
}
