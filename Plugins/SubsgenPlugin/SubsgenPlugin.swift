import Foundation
import PackagePlugin

/// Generates the Swift sources of a target's schema and compiles them with the target:
/// `plugins: [.plugin(name: "SubsgenPlugin", package: "subsgen")]`.
@main
struct SubsgenPlugin: BuildToolPlugin {
    /// What `subsgen` writes under `swift/Sources/SubscriptionSchema`, for every schema. SwiftPM wants to know it before the command runs.
    private static let sources = ["DispatchTable.swift", "Payloads.swift", "Resolvers.swift", "Schema.swift", "Topics.swift"]

    /// One command for each target: all `*.graphql`, `*.gql` and `*.graphqls` files in its folder make one schema.
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let files = (target as? any SourceModuleTarget)?.sourceFiles.map(\.url) ?? []
        let schemas = files.filter { ["graphql", "gql", "graphqls"].contains($0.pathExtension) }.sorted { $0.path < $1.path }
        if schemas.isEmpty {
            Diagnostics.error("The target \(target.name) has no schema: put a *.graphql file into \(target.directoryURL.path).")
            return []
        }
        let configuration = [target.directoryURL, context.package.directoryURL]
            .map { $0.appending(path: "subsgen.toml") }.first { FileManager.default.fileExists(atPath: $0.path) }
        let package = context.pluginWorkDirectoryURL.appending(path: "gen")
        let module = package.appending(path: "swift/Sources/SubscriptionSchema")
        return [
            .buildCommand(
                displayName: "subsgen: the subscriptions of \(target.name)",
                executable: try context.tool(named: "subsgen").url,
                // Without a configuration of its own the command would look for one where the build happens to run. Nobody edits what
                // stands in the plugin's folder, so it may be written over.
                arguments: schemas.map(\.path)
                    + ["--out", package.path, "--config", configuration?.path ?? "/dev/null", "--force"],
                inputFiles: schemas + (configuration.map { [$0] } ?? []),
                outputFiles: Self.sources.map { module.appending(path: $0) })
        ]
    }
}
