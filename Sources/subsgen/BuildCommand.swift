import ArgumentParser
import Codegen
import Glibc

/// `subsgen build gen/`: the extension of an application, of its generated Swift package and the runtime.
struct BuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Compile resolvers in Swift and the runtime into an application's own Python extension.",
        discussion: """
            Needs Swift and the headers of Python 3. The resolvers are in gen/swift/Sources/SubscriptionExtension.

            example:
              subsgen build gen/
            """)

    @Argument(help: ArgumentHelp("The folder of the generated package.", valueName: "folder"))
    var package: String

    @Flag(help: "Compile without optimisation, in less time; what is made needs the Swift of this machine where it runs.")
    var debug = false

    @Option(help: ArgumentHelp("Where the compiler keeps what it made; else .build in the Swift package.", valueName: "folder"))
    var scratchPath: String?

    func run() throws {
        let swiftPackage = FolderEntries.join(package, "swift")
        guard access(FolderEntries.join(swiftPackage, "Package.swift"), R_OK) == 0 else {
            throw Failure(
                .unreadableInput, "there is no generated package in \(package): \(swiftPackage)/Package.swift is missing.",
                hint: "Generate it first: subsgen SCHEMA --out \(package)")
        }
        let scratch = try folder(scratchPath ?? FolderEntries.join(swiftPackage, ".build"))
        let exports = FolderEntries.join(scratch, "extension.map")
        try write(Array("{ global: PyInit__native; local: *; };\n".utf8), to: exports)

        let mode = debug ? "debug" : "release"
        // With one name to the outside; and for release self-contained, as the extension in the wheel is.
        try compile([
            "swift", "build", "--package-path", swiftPackage, "--scratch-path", scratch, "--configuration", mode,
            "--product", "SubscriptionExtension", "-Xlinker", "--version-script=\(exports)",
            "-Xlinker", "--undefined-version", "-Xlinker", "-soname=_native.abi3.so",
        ] + (debug ? [] : ["-Xswiftc", "-static-stdlib", "-Xlinker", "--strip-all"]))

        let library = FolderEntries.join(scratch, "\(mode)/libSubscriptionExtension.so")
        let made: [UInt8]
        do throws(SystemError) {
            made = try FileDescriptor(open(library, O_RDONLY | O_CLOEXEC)).readAll()
        } catch {
            throw Failure(.unreadableInput, "cannot read \(library): \(error.reason).")
        }
        let target = FolderEntries.join(package, "_native.abi3.so")
        try write(made, to: target)
        StandardStream.output.write("\(target): built; create_manager loads it.\n")
    }

    private func compile(_ command: [String]) throws(Failure) {
        let status: Int32
        do throws(SystemError) {
            status = try ChildProcess.run(command)
        } catch {
            throw Failure(
                .unreadableInput, "cannot run swift: \(error.reason).",
                hint: "Install Swift (swift.org/install) and put it on PATH.")
        }
        if status != 0 { throw Failure(.mistakes, "swift build ended with status \(status); what it said stands above.") }
    }

    /// Makes a folder, with those above it. Returns its absolute path, since the linker runs elsewhere.
    private func folder(_ path: String) throws(Failure) -> String {
        for end in path.indices.dropFirst() where path[end] == "/" { mkdir(String(path[..<end]), 0o777) }
        mkdir(path, 0o777)
        do throws(SystemError) {
            return try OutputFile.resolve(path)
        } catch {
            throw Failure(.unwritableOutput, "cannot make the folder \(path): \(error.reason).")
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do throws(SystemError) {
            try OutputFile.write(bytes, to: path)
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(path): \(error.reason).")
        }
    }
}
