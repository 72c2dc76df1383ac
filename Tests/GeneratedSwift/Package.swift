// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// Compiles what subsgen writes for Swift, and runs it against the runtime; scripts/test-generated-swift puts the sources in place.
let package = Package(
    name: "GeneratedSwift",
    dependencies: [.package(name: "subsgen", path: "../..")],
    targets: [
        .target(
            name: "FeatureSchema", dependencies: [.product(name: "SubsgenRuntime", package: "subsgen")], path: "Feature",
            swiftSettings: strict),
        .target(
            name: "HostileSchema", dependencies: [.product(name: "SubsgenRuntime", package: "subsgen")], path: "Hostile",
            swiftSettings: strict),
        .testTarget(name: "FeatureTests", dependencies: ["FeatureSchema"], path: "FeatureTests", swiftSettings: strict),
        .testTarget(name: "HostileTests", dependencies: ["HostileSchema"], path: "HostileTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
