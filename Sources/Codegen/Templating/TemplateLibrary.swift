import GraphQLSchema
import Mustache
import SDLParser
import Templates

/// The templates of all files, compiled.
///
/// A template holds the shape of a file and no decision: names, types and line breaks come from Codegen.
public struct TemplateLibrary: Sendable {
    private let templates: [String: MustacheTemplate]
    /// Where templates are from that are not subsgen's own, by name.
    private let origins: [String: String]

    /// Compiles templates by their names, which are those of the files without `.mustache`. `origins` are the files of those that
    /// are the user's.
    ///
    /// Throws for a template that does not parse, and for partials: an unknown one would render as nothing.
    public init(sources: [String: String], origins: [String: String] = [:]) throws(CodegenError) {
        self.origins = origins
        var templates: [String: MustacheTemplate] = [:]
        for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
            if source.contains("{{>") || source.contains("{{<") {
                throw Self.error(name, origins, "includes another template, which templates may not")
            }
            do {
                // Text, or the renderer would escape for HTML.
                templates[name] = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + source)
            } catch {
                throw Self.error(name, origins, "is broken: \(error)")
            }
        }
        self.templates = templates
    }

    /// The templates that subsgen carries, with the user's in the place of those of their names: `py_types.mustache`.
    public static func embedded(overriddenBy files: [Source] = []) throws(CodegenError) -> TemplateLibrary {
        var sources = EmbeddedTemplates.all
        var origins: [String: String] = [:]
        for file in files {
            let leaf = file.name.split(separator: "/").last.map(String.init) ?? ""
            let name = leaf.hasSuffix(".mustache") ? String(leaf.dropLast(".mustache".count)) : ""
            guard sources[name] != nil else {
                let sentence = DidYouMean.sentence(for: name, among: sources.keys)
                throw CodegenError("\(file.name) is the name of no template.\(sentence)", isOfTemplate: true)
            }
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                throw CodegenError("\(file.name) is not UTF-8", isOfTemplate: true)
            }
            sources[name] = text
            origins[name] = file.name
        }
        return try TemplateLibrary(sources: sources, origins: origins)
    }

    private static func error(_ name: String, _ origins: [String: String], _ problem: String) -> CodegenError {
        CodegenError("template \(origins[name] ?? name) \(problem)", isOfTemplate: origins[name] != nil)
    }

    /// Renders a template. Throws for an unknown template and for each name that the template asks for and `values` lack.
    public func render(_ name: String, _ values: TemplateValues) throws(CodegenError) -> String {
        guard let template = templates[name] else { throw CodegenError("there is no template \(name)") }
        let missing = MissingNames()
        let text = template.render(TemplateScope(values: values.values, missing: missing))
        if !missing.names.isEmpty {
            throw Self.error(name, origins, "asks for \(missing.names.sorted().joined(separator: ", ")), which it is not given")
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
