// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of subsgen never build it.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "subsgen", path: "..")],
    targets: [
        .target(name: "CMallocCounter"),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CMallocCounter",
                .product(name: "GraphQLSchema", package: "subsgen"),
                .product(name: "SDLParser", package: "subsgen"),
                .product(name: "SubsgenRedis", package: "subsgen"),
                .product(name: "SubsgenRuntime", package: "subsgen"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
