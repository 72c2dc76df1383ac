// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-server",
    dependencies: [
        // In a project of its own: .package(url: "https://github.com/subsgen/subsgen", from: "...")
        .package(name: "subsgen", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
    ],
    targets: [
        .executableTarget(
            name: "Server",
            dependencies: [
                .product(name: "SubsgenRuntime", package: "subsgen"),
                .product(name: "SubsgenServer", package: "subsgen"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            plugins: [.plugin(name: "SubsgenPlugin", package: "subsgen")])
    ],
    swiftLanguageModes: [.v6]
)
