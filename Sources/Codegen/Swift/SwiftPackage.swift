import GraphQLSchema

/// The Swift package beside the Python one: `swift/Package.swift` and its sources.
enum SwiftPackage {
    /// The name of the package, its library and its module; no type in it is called so, since the module's name would be hidden.
    static let module = "SubscriptionSchema"

    /// Its files, whose paths begin with `swift/`. `sdl` is the text of the schema.
    static func files(
        schema: Schema, sdl: String, table: DispatchTable, hasAllTypes: Bool, templates: TemplateLibrary
    ) throws(CodegenError) -> [GeneratedFile] {
        let types = SwiftTypes(schema: schema)
        let sources = "swift/Sources/\(module)"
        return [
            GeneratedFile(
                path: "swift/Package.swift",
                text: try templates.render(
                    "swift_package",
                    ["module": .text(module), "releaseURL": .text(Release.repository), "release": .text(Release.version)])),
            GeneratedFile(
                path: "\(sources)/DispatchTable.swift", text: try SwiftDispatchTable(table: table, templates: templates).file()),
            GeneratedFile(
                path: "\(sources)/Payloads.swift",
                text: try SwiftPayloads(types: types, hasAllTypes: hasAllTypes, templates: templates).file()),
            GeneratedFile(
                path: "\(sources)/Resolvers.swift", text: try SwiftResolvers(types: types, table: table, templates: templates).file()),
            GeneratedFile(
                path: "\(sources)/Schema.swift",
                text: try templates.render("swift_schema", ["sdl": .text(SwiftText.block(sdl))])),
            GeneratedFile(
                path: "\(sources)/Topics.swift", text: try SwiftTopics(types: types, table: table, templates: templates).file()),
        ]
    }
}
