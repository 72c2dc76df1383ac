// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in our own targets only; a dependency's warning is not ours to mend.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "subsgen",
    products: [
        .executable(name: "subsgen", targets: ["subsgen"]),
        .library(name: "SDLParser", targets: ["SDLParser"]),
        .library(name: "GraphQLSchema", targets: ["GraphQLSchema"]),
        .library(name: "SubsgenRuntime", targets: ["SubsgenRuntime"]),
        .library(name: "SubsgenLogging", targets: ["SubsgenLogging"]),
        .library(name: "SubsgenRedis", targets: ["SubsgenRedis"]),
        .library(name: "SubsgenPostgres", targets: ["SubsgenPostgres"]),
        .library(name: "SubsgenServer", targets: ["SubsgenServer"]),
        .library(name: "PythonModule", targets: ["PythonModule"]),
        .library(name: "_native", type: .dynamic, targets: ["NativeExtension"]),
        .plugin(name: "SubsgenPlugin", targets: ["SubsgenPlugin"]),
        .plugin(name: "SubsgenCommand", targets: ["SubsgenCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.12.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        .target(name: "SDLParser", swiftSettings: strict),
        .target(name: "GraphQLSchema", dependencies: ["SDLParser"], path: "Sources/Schema", swiftSettings: strict),
        .target(
            name: "Templates", path: "Templates",
            resources: [
                .embedInCode("py_contracts.mustache"),
                .embedInCode("py_field_resolver.mustache"),
                .embedInCode("py_field_resolvers_init.mustache"),
                .embedInCode("py_init.mustache"),
                .embedInCode("py_registry.mustache"),
                .embedInCode("py_resolver.mustache"),
                .embedInCode("py_resolvers_init.mustache"),
                .embedInCode("py_topics.mustache"),
                .embedInCode("py_types.mustache"),
                .embedInCode("swift_abstract.mustache"),
                .embedInCode("swift_enum.mustache"),
                .embedInCode("swift_extension.mustache"),
                .embedInCode("swift_extension_resolvers.mustache"),
                .embedInCode("swift_one_of.mustache"),
                .embedInCode("swift_package.mustache"),
                .embedInCode("swift_payloads.mustache"),
                .embedInCode("swift_resolvers.mustache"),
                .embedInCode("swift_scalar.mustache"),
                .embedInCode("swift_schema.mustache"),
                .embedInCode("swift_struct.mustache"),
                .embedInCode("swift_table.mustache"),
                .embedInCode("swift_topics.mustache"),
            ],
            swiftSettings: strict),
        .target(
            name: "Codegen",
            dependencies: ["SDLParser", "GraphQLSchema", "Templates"],
            swiftSettings: strict),
        .target(
            name: "SubsgenRuntime", dependencies: ["SDLParser", "GraphQLSchema"], path: "Sources/Runtime",
            swiftSettings: strict),
        .target(
            name: "SubsgenLogging", dependencies: ["SubsgenRuntime", .product(name: "Logging", package: "swift-log")],
            path: "Sources/Logging", swiftSettings: strict),
        .systemLibrary(name: "CEventFD"),
        .target(name: "RemoteBus", dependencies: ["SubsgenRuntime", "CEventFD"], swiftSettings: strict),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(name: "SubsgenRedis", dependencies: ["RemoteBus", "SubsgenRuntime", "CHiredis"], path: "Sources/RuntimeRedis", swiftSettings: strict),
        .target(
            name: "SubsgenPostgres", dependencies: ["RemoteBus", "SubsgenRuntime"], path: "Sources/RuntimePostgres",
            resources: [.embedInCode("Migrations/postgres_1.sql")], swiftSettings: strict),
        .target(name: "CExplorer", exclude: ["page"]),
        .target(
            name: "SubsgenServer",
            dependencies: [
                "CExplorer", "SDLParser", "SubsgenRuntime",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Sources/Server", swiftSettings: strict),
        .systemLibrary(name: "CPython", pkgConfig: "python3", providers: [.apt(["python3-dev"])]),
        .target(
            name: "PythonModule", dependencies: ["SubsgenRuntime", "SubsgenRedis", "SubsgenPostgres", "SubsgenServer", "CPython"], swiftSettings: strict),
        .target(name: "NativeExtension", dependencies: ["PythonModule"], swiftSettings: strict),
        .executableTarget(
            name: "subsgen",
            dependencies: [
                "Codegen", "GraphQLSchema", "SDLParser",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            resources: [
                .embedInCode("Explain/validation.md"),
                .embedInCode("Init/Project/init_asgi_test.py"),
                .embedInCode("Init/Project/init_custom_app.py"),
                .embedInCode("Init/Project/init_custom_test.py"),
                .embedInCode("Init/Project/init_fastapi_app.py"),
                .embedInCode("Init/Project/init_listen.py"),
                .embedInCode("Init/Project/init_pyproject.toml"),
                .embedInCode("Init/Project/init_python_gitignore.txt"),
                .embedInCode("Init/Project/init_python_readme.md"),
                .embedInCode("Init/Project/init_schema.graphql"),
                .embedInCode("Init/Project/init_starlette_app.py"),
                .embedInCode("Init/Project/init_swift_gitignore.txt"),
                .embedInCode("Init/Project/init_swift_package.txt"),
                .embedInCode("Init/Project/init_swift_readme.md"),
                .embedInCode("Init/Project/init_swift_server.txt"),
                .embedInCode("Init/Project/init_swift_subsgen.toml"),
                .embedInCode("Init/Project/init_swift_test.txt"),
            ],
            swiftSettings: strict),
        .plugin(name: "SubsgenPlugin", capability: .buildTool(), dependencies: ["subsgen"]),
        .plugin(
            name: "SubsgenCommand",
            capability: .command(
                intent: .custom(verb: "subsgen", description: "Generate typed GraphQL subscriptions; as the command subsgen."),
                permissions: [.writeToPackageDirectory(reason: "subsgen writes the package that it generates.")]),
            dependencies: ["subsgen"]),
        .testTarget(name: "SDLParserTests", dependencies: ["SDLParser"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(name: "SchemaTests", dependencies: ["GraphQLSchema"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(name: "CodegenTests", dependencies: ["Codegen"], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(name: "subsgenTests", dependencies: ["subsgen"], swiftSettings: strict),
        .target(name: "BusConformance", dependencies: ["SubsgenRuntime"], path: "Tests/BusConformance", swiftSettings: strict),
        .target(
            name: "ProtocolConversations", path: "Tests/Protocol",
            exclude: ["README.md", "connecting.txt", "ending.txt", "executing.txt", "malformed.txt", "operations.txt", "schema.graphql"],
            swiftSettings: strict),
        .testTarget(name: "RuntimeTests", dependencies: ["BusConformance", "ProtocolConversations", "SubsgenRuntime"], exclude: ["JSON/Reference", "Security/survivors.txt"], swiftSettings: strict),
        .target(name: "ChildProcesses", path: "Tests/ChildProcesses", swiftSettings: strict),
        .testTarget(name: "RuntimeRedisTests", dependencies: ["BusConformance", "ChildProcesses", "RemoteBus", "SubsgenRedis", "SubsgenRuntime"], swiftSettings: strict),
        .testTarget(
            name: "RuntimePostgresTests", dependencies: ["BusConformance", "ChildProcesses", "RemoteBus", "SubsgenPostgres", "SubsgenRuntime"], swiftSettings: strict),
        .testTarget(
            name: "LoggingTests",
            dependencies: ["SubsgenLogging", "SubsgenRuntime", .product(name: "InMemoryLogging", package: "swift-log")], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "ChildProcesses", "ProtocolConversations", "SDLParser", "SubsgenRuntime", "SubsgenServer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
