import Foundation
import Glibc
import Synchronization

/// A program that a test runs, and what it prints. For servers of tests' own, and the tools that ask them.
public struct ChildProcess: Sendable {
    public let id: pid_t
    /// Its standard output and its errors.
    private let output: FileHandle

    /// Guards the making of children.
    private static let spawning = Mutex(())

    /// Starts it: a path, or a name that is looked for, and its arguments. Throws `ChildProcessFailure`.
    public init(_ words: [String], environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        var ends: [Int32] = [-1, -1]
        var id = pid_t()
        // One at a time, since a child of another thread would keep this one's pipe open.
        let failure = Self.spawning.withLock { _ -> Int32 in
            guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else { return errno }
            defer { close(ends[1]) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
            let arguments = words.map { strdup($0) } + [nil]
            let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
            defer { for text in arguments + variables { free(text) } }
            return posix_spawnp(&id, words[0], &actions, nil, arguments, variables)
        }
        output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        self.id = id
        if failure != 0 { throw ChildProcessFailure(program: words[0], log: String(cString: strerror(failure))) }
    }

    /// Runs a program to its end and gives what it prints; throws where it fails.
    public static func run(_ words: [String], environment: [String: String] = ProcessInfo.processInfo.environment) throws -> String {
        let process = try ChildProcess(words, environment: environment)
        let text = String(decoding: process.output.readDataToEndOfFile(), as: UTF8.self)
        if process.end() != 0 { throw ChildProcessFailure(program: words[0], log: text) }
        return text.trimmingCharacters(in: .newlines)
    }

    /// Reads what it prints until it has one of these texts. Throws where it ends before, with what it printed.
    public func reads(_ texts: [String], of program: String) throws -> String {
        var log = ""
        while true {
            if let found = texts.first(where: log.contains) { return found }
            let more = output.availableData
            if more.isEmpty {
                end()
                throw ChildProcessFailure(program: program, log: log)
            }
            log += String(decoding: more, as: UTF8.self)
        }
    }

    /// Reads on in a thread of its own, and forgets what it reads: a server must not wait for a reader.
    public func readOn() { Thread.detachNewThread { [output] in while !output.availableData.isEmpty {} } }

    public func signal(_ number: Int32) { Glibc.kill(id, number) }

    /// Waits until it is gone; its status.
    @discardableResult
    public func end(by number: Int32? = nil) -> Int32 {
        if let number { signal(number) }
        var status: Int32 = 0
        waitpid(id, &status, 0)
        return status
    }
}

/// A program that did not start, or failed; most often because it is not installed.
public struct ChildProcessFailure: Error, CustomStringConvertible {
    private let program: String
    private let log: String

    public init(program: String, log: String) { (self.program, self.log) = (program, log) }

    public var description: String { "\(program) (scripts/packages buses installs it): \(log)" }
}
