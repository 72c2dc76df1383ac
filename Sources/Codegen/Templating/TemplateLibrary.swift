import GraphQLSchema
import SDLParser
import Templates

/// The templates of all files, compiled.
///
/// A template holds the shape of a file and no decision: names, types and line breaks come from Codegen.
public struct TemplateLibrary: Sendable {
    private let templates: [String: Template]
    /// Where templates are from that are not subsgen's own, by name.
    private let origins: [String: String]
    /// The names of those that subsgen carries just so.
    private let own: Set<String>

    /// Compiles templates by their names, which are those of the files without `.mustache`. `origins` are the files of those that
    /// are the user's.
    ///
    /// Throws for a template that does not parse.
    public init(sources: [String: String], origins: [String: String] = [:]) throws(CodegenError) {
        self.origins = origins
        var templates: [String: Template] = [:]
        for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
            do throws(TemplateError) {
                templates[name] = try Template(source)
            } catch {
                throw Self.error(name, origins, error.problem)
            }
        }
        self.templates = templates
        let carried = EmbeddedTemplates.all
        own = Set(sources.filter { $0.value == carried[$0.key] }.keys)
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

    /// Whether a template is subsgen's, or says the same.
    func isOwn(_ name: String) -> Bool { own.contains(name) }

    private static func error(_ name: String, _ origins: [String: String], _ problem: String) -> CodegenError {
        CodegenError("template \(origins[name] ?? name) \(problem)", isOfTemplate: origins[name] != nil)
    }

    /// Renders a template. Throws for an unknown template and for each name that the template asks for and `values` lack.
    public func render(_ name: String, _ values: TemplateValues) throws(CodegenError) -> String {
        guard let template = templates[name] else { throw CodegenError("there is no template \(name)") }
        do throws(TemplateError) {
            return try template.render(values)
        } catch {
            throw Self.error(name, origins, error.problem)
        }
    }
}
