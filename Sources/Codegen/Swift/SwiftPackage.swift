import GraphQLSchema

/// The Swift package beside the Python one: `swift/Package.swift` and its sources.
enum SwiftPackage {
    /// Its files, whose paths begin with `swift/`.
    static func files(schema: Schema, table: DispatchTable, templates: TemplateLibrary) throws(CodegenError) -> [GeneratedFile] {
        []
    }
}
