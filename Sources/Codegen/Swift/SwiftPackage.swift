import GraphQLSchema

/// The Swift package beside the Python one: `swift/Package.swift` and its sources.
enum SwiftPackage {
    /// The name of the package, its library and its module; no type in it is called so, since the module's name would be hidden.
    static let module = "SubscriptionSchema"
    /// The name of the module, and of the dynamic library, that `subsgen build` makes a Python extension of.
    static let `extension` = "SubscriptionExtension"

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
                    [
                        "module": .text(module), "extension": .text(`extension`), "releaseURL": .text(Release.repository),
                        "release": .text(Release.version),
                    ])),
            GeneratedFile(
                path: "swift/Sources/\(`extension`)/Extension.swift",
                text: try templates.render("swift_extension", ["module": .text(module)])),
            GeneratedFile(
                path: "swift/Sources/\(`extension`)/Resolvers.swift",
                text: try templates.render("swift_extension_resolvers", ["module": .text(module)]), owner: .developer),
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
