import Codegen
import GraphQLSchema
import SDLParser

/// What a configuration file says. What it leaves out is nil or empty.
struct Configuration {
    /// A key of `[tool.subsgen]`; each but those about rules is an option of the command too.
    enum Key: String, CaseIterable {
        case schema, out, strict, style, depfile, templates, directives, scalars, claims
        case allTypes = "all-types"
        case defaultAccess = "default-access"
    }

    /// The file, for what is made of it; nil where there is none.
    var source: Source?
    /// Paths are as they are from where the command runs; the file has them from its own folder.
    var schemas: [String] = []
    var out: String?
    var depfile: String?
    var templates: String?
    var isStrict: Bool?
    var hasAllTypes: Bool?
    var style: PythonStyle?
    var directives: [(coordinate: Quotation, text: Quotation)] = []
    var scalars: [ScalarType] = []
    var security = SecuritySettings()
}
