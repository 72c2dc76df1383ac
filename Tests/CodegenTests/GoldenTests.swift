import Foundation
import Testing

@testable import Codegen

/// Schemas with the packages that are made of them, as files: `Golden/NAME/schema.graphql` and what it gives in `Golden/NAME/package`.
///
/// The tests of the Python package import these and check their types.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func schema(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name)/schema.graphql"), encoding: .utf8)
    }

    static func package(_ name: String) -> URL { folder.appending(path: "\(name)/package") }
}

@Suite("Golden packages")
struct GoldenTests {
    /// `UPDATE_GOLDENS=1 swift test --filter Golden` writes them; look at the difference before you commit it.
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil

    @Test("the Python package of a schema is the one on record", arguments: ["features", "minimal"])
    func package(name: String) throws {
        let made = try generate(try Golden.schema(name)).filter { !$0.key.hasPrefix("swift/") }
        let folder = Golden.package(name)
        if Self.isUpdating {
            try? FileManager.default.removeItem(at: folder)
            for (path, text) in made {
                let file = folder.appending(path: path)
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
        }
        for (path, text) in made.sorted(by: { $0.key < $1.key }) {
            let recorded = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            #expect(text == recorded, "\(path) differs from the one on record")
        }
        let recorded = try #require(FileManager.default.enumerator(atPath: folder.path())).compactMap { $0 as? String }
        let files = recorded.filter { $0.contains(".") && !$0.contains("__pycache__") }
        #expect(Set(files) == Set(made.keys))
    }
}
