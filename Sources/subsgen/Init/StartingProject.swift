import Codegen

/// The files of a project that `subsgen init` makes, in memory, and how it is run.
struct StartingProject {
    enum Server: String, CaseIterable {
        case fastapi, starlette, custom, swift
    }

    /// In the order of their paths.
    let files: [GeneratedFile]
    /// What to type in its folder to see it run.
    let commands: [String]

    /// A project that is called `name` in its README.
    init(_ server: Server, name: String) {
        switch server {
        case .swift: self.init(swift: name)
        case .fastapi:
            self.init(
                python: name, server: "FastAPI", requirements: ["subsgen[fastapi]", "uvicorn[standard]"], testing: ["websockets>=14"],
                app: PackageResources.init_fastapi_app_py, test: PackageResources.init_asgi_test_py, start: "uvicorn app:app",
                post: Self.post)
        case .starlette:
            self.init(
                python: name, server: "Starlette", requirements: ["subsgen[starlette]", "uvicorn[standard]"], testing: ["websockets>=14"],
                app: PackageResources.init_starlette_app_py, test: PackageResources.init_asgi_test_py, start: "uvicorn app:app",
                post: Self.post)
        case .custom:
            self.init(
                python: name, server: "a server of your choice", requirements: ["subsgen", "websockets>=14"], testing: [],
                app: PackageResources.init_custom_app_py, test: PackageResources.init_custom_test_py, start: "python app.py",
                post: "curl 'http://127.0.0.1:8000/publish?room=lobby&text=Hello'")
        }
    }

    private static let post = "curl -X POST 'http://127.0.0.1:8000/rooms/lobby/messages?text=Hello'"

    private init(
        python name: String, server: String, requirements: [String], testing: [String], app: [UInt8], test: [UInt8], start: String,
        post: String
    ) {
        commands = [
            "python3 -m venv .venv", "source .venv/bin/activate", "pip install /path/to/subsgen-\(Release.version)-*.whl",
            "pip install -r requirements.txt", "subsgen", start,
        ]
        let more = (["gql[websockets]>=4", "mypy", "pytest"] + testing).sorted()
        files = [
            Self.file(".gitignore", PackageResources.init_python_gitignore_txt),
            Self.file(
                "README.md", PackageResources.init_python_readme_md,
                ["name": name, "server": server, "commands": commands.joined(separator: "\n"), "post": post]),
            Self.file("app.py", app),
            Self.file("listen.py", PackageResources.init_listen_py),
            Self.file("pyproject.toml", PackageResources.init_pyproject_toml),
            GeneratedFile(
                path: "requirements.txt",
                text: "# subsgen is not on PyPI yet: install its wheel first, as README.md says.\n" + requirements.joined(separator: "\n")
                    + "\n# For listen.py, the test and the type checker.\n" + more.joined(separator: "\n") + "\n"),
            Self.file("schema.graphql", PackageResources.init_schema_graphql),
            Self.file("test_app.py", test),
        ]
    }

    private init(swift name: String) {
        commands = ["export SUBSGEN_SWIFT_PACKAGE=/path/to/subsgen", "swift run"]
        files = [
            Self.file(".gitignore", PackageResources.init_swift_gitignore_txt),
            Self.file(
                "Package.swift", PackageResources.init_swift_package_txt,
                ["release": Release.version, "releaseURL": Release.repository]),
            Self.file("README.md", PackageResources.init_swift_readme_md, ["name": name, "commands": commands.joined(separator: "\n")]),
            Self.file("Sources/Server/Server.swift", PackageResources.init_swift_server_txt),
            Self.file("Sources/Server/schema.graphql", PackageResources.init_schema_graphql),
            Self.file("Tests/ServerTests/RoomsTests.swift", PackageResources.init_swift_test_txt),
            Self.file("subsgen.toml", PackageResources.init_swift_subsgen_toml),
        ]
    }

    /// A file with `{{key}}` replaced.
    private static func file(_ path: String, _ bytes: [UInt8], _ values: [String: String] = [:]) -> GeneratedFile {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "{{", omittingEmptySubsequences: false)
        var text = String(parts[0])
        for part in parts.dropFirst() {
            let end = part.firstRange(of: "}}")
            let value = end.flatMap { values[String(part[..<$0.lowerBound])] }
            text += value.map { $0 + part[(end?.upperBound ?? part.endIndex)...] } ?? "{{" + part
        }
        return GeneratedFile(path: path, text: text)
    }
}
