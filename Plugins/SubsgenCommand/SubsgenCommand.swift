import Foundation
import PackagePlugin

/// The command as SwiftPM runs it, in the package's folder: `swift package subsgen generate schema.graphql --out gen`.
@main
struct SubsgenCommand: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) throws {
        let process = Process()
        process.executableURL = try context.tool(named: "subsgen").url
        process.arguments = arguments
        process.currentDirectoryURL = context.package.directoryURL
        try process.run()
        process.waitUntilExit()
        // The command has said what is wrong.
        if process.terminationStatus != 0 { exit(process.terminationStatus) }
    }
}
