// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of subsgen never build it. scripts/fuzz builds it with libFuzzer and AddressSanitizer.
let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "subsgen", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .target(name: "CLibFuzzer"),
        .executableTarget(name: "FuzzParser", dependencies: ["CLibFuzzer", .product(name: "SDLParser", package: "subsgen")]),
        .executableTarget(name: "FuzzPrinter", dependencies: ["CLibFuzzer", .product(name: "SDLParser", package: "subsgen")]),
        .executableTarget(name: "FuzzJSON", dependencies: ["CLibFuzzer", .product(name: "SubsgenRuntime", package: "subsgen")]),
        .executableTarget(name: "FuzzSession", dependencies: ["CLibFuzzer", .product(name: "SubsgenRuntime", package: "subsgen")]),
        .executableTarget(
            name: "FuzzServer",
            dependencies: [
                "CLibFuzzer",
                .product(name: "SubsgenRuntime", package: "subsgen"),
                .product(name: "SubsgenServer", package: "subsgen"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "FuzzOperations",
            dependencies: [
                "CLibFuzzer",
                .product(name: "SDLParser", package: "subsgen"),
                .product(name: "GraphQLSchema", package: "subsgen"),
                .product(name: "SubsgenRuntime", package: "subsgen"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
