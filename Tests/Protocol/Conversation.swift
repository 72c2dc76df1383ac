import Foundation
public import Testing

/// One conversation of `Tests/Protocol`.
public struct Conversation: Sendable, CustomTestStringConvertible {
    public struct Step: Sendable {
        /// The line as it stands in the file, so that a failure names it.
        public let line: String
        /// What follows from it: lines that begin with `<` or `*`.
        public var expected: [String] = []
    }

    public let requirement: String
    public var steps: [Step] = []

    public var testDescription: String { requirement }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    public static func schema() throws -> String {
        try String(contentsOf: folder.appending(path: "schema.graphql"), encoding: .utf8)
    }

    /// Every conversation of every file.
    public static func all() throws -> [Conversation] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
            .flatMap { try conversations(in: String(contentsOf: $0, encoding: .utf8)) }
    }

    private static func conversations(in text: String) throws(Malformed) -> [Conversation] {
        var conversations: [Conversation] = []
        for line in text.split(separator: "\n").map(String.init) {
            let last = conversations.count - 1
            if line.hasPrefix("# ") {
                conversations.append(Conversation(requirement: String(line.dropFirst(2))))
            } else if last >= 0, line.hasPrefix(">") || line.hasPrefix("! ") {
                conversations[last].steps.append(Step(line: line))
            } else if last >= 0, !conversations[last].steps.isEmpty, line.hasPrefix("< ") || line.hasPrefix("* ") {
                conversations[last].steps[conversations[last].steps.count - 1].expected.append(line)
            } else {
                throw Malformed(line: line)
            }
        }
        return conversations
    }

    public struct Malformed: Error {
        let line: String

        public init(line: String) { self.line = line }
    }
}
