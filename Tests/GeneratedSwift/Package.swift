// swift-tools-version: 6.2
import PackageDescription

// Compiles what subsgen writes for Swift, and runs it against the runtime; scripts/test-generated-swift puts the sources in place.
let package = Package(
    name: "GeneratedSwift",
    dependencies: [.package(name: "subsgen", path: "../..")],
    targets: [
        .target(name: "FeatureSchema", dependencies: [.product(name: "SubsgenRuntime", package: "subsgen")], path: "Feature"),
        .target(name: "HostileSchema", dependencies: [.product(name: "SubsgenRuntime", package: "subsgen")], path: "Hostile"),
        .testTarget(name: "FeatureTests", dependencies: ["FeatureSchema"], path: "FeatureTests"),
        .testTarget(name: "HostileTests", dependencies: ["HostileSchema"], path: "HostileTests"),
    ],
    swiftLanguageModes: [.v6]
)
