// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-server",
    // In a project of its own: .package(url: "https://github.com/subsgen/subsgen", from: "...")
    dependencies: [.package(name: "subsgen", path: "../..")],
    targets: [
        .executableTarget(
            name: "Server",
            dependencies: [.product(name: "SubsgenRuntime", package: "subsgen")],
            plugins: [.plugin(name: "SubsgenPlugin", package: "subsgen")])
    ],
    swiftLanguageModes: [.v6]
)
