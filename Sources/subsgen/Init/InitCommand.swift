import ArgumentParser
import Codegen
import Glibc

extension StartingProject.Server: ExpressibleByArgument {}

/// `subsgen init [FOLDER] [--server fastapi|starlette|custom|swift]`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a project to start from, that runs: a schema, a server, a client and a test.",
        discussion: """
            Nothing that is there is written over: where one of the files is, nothing is written at all.

            examples:
              subsgen init                                      here, on FastAPI
              subsgen init chat --server starlette
              subsgen init chat --server custom                 on any other server, here that of the package websockets
              subsgen init chat --server swift
            """)

    @Argument(help: ArgumentHelp("The folder of the project; it is made where it is missing.", valueName: "folder"), completion: .directory)
    var folder = "."

    @Option(help: ArgumentHelp("What serves the subscriptions: fastapi, starlette, custom or swift.", valueName: "server"))
    var server = StartingProject.Server.fastapi

    @Flag(name: [.short, .long], help: "Say nothing where all went well.")
    var quiet = false

    func validate() throws {
        if folder.isEmpty { throw ValidationError("The name of the folder is empty.") }
    }

    func run() throws {
        let disk = OutputFolder(folder)
        let project = StartingProject(server, name: disk.place.name)
        let taken = project.files.map { disk.path($0.path) }.filter(Self.exists)
        if !taken.isEmpty {
            throw Failure(
                .refused,
                text: taken.map { "error: \($0) is there already.\n" }.joined()
                    + "hint: Nothing was written. Name another folder, as in `subsgen init chat`, or move the files away.\n")
        }
        do throws(OutputFolder.Problem) {
            try disk.lock(creating: true)
            try disk.write(project.files)
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(disk.path(error.path)): \(error.error.reason).")
        }
        if !quiet { StandardStream.output.write(summary(project, disk)) }
    }

    /// What was written, and what to type next.
    private func summary(_ project: StartingProject, _ disk: OutputFolder) -> String {
        let entering = folder == "." ? [] : ["cd " + Self.shellWord(folder)]
        return "\(disk.name): \(project.files.count) files written: \(project.files.map(\.path).joined(separator: ", ")).\n\nNext:\n"
            + (entering + project.commands).map { "  \($0)\n" }.joined()
            + "\nREADME.md says more, and from where subsgen is installed.\n"
    }

    /// Whatever stands there, also a link that leads nowhere.
    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// A word as a shell takes it for itself.
    private static func shellWord(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-_./".utf8.contains(byte)
        }
        let word = word.hasPrefix("-") ? "./" + word : word
        return plain ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
