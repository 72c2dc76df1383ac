import Foundation
import Testing

@testable import Codegen

/// Schemas with the packages that are made of them, as files: `Golden/NAME/schema.graphql` and what it gives in `Golden/NAME/package`, and in
/// styles of classes other than the default in `Golden/NAME/package-STYLE`.
///
/// The tests of the Python package import these and check their types.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func schema(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name)/schema.graphql"), encoding: .utf8)
    }

    static func package(_ name: String, _ style: PythonStyle) -> URL {
        folder.appending(path: "\(name)/package" + (style == .msgspec ? "" : "-\(style.rawValue)"))
    }
}

@Suite("Golden packages")
struct GoldenTests {
    /// `UPDATE_GOLDENS=1 swift test --filter Golden` writes them; look at the difference before you commit it.
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil

    @Test(
        "the Python package of a schema is the one on record",
        arguments: [("features", .msgspec), ("features", .dataclass), ("features", .pydantic), ("minimal", .msgspec)] as [(String, PythonStyle)])
    func package(name: String, style: PythonStyle) throws {
        let made = try generate(try Golden.schema(name), options: Pipeline.Options(style: style)).filter { !$0.key.hasPrefix("swift/") }
        let folder = Golden.package(name, style)
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
