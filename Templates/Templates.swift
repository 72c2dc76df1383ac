/// The text of the templates, embedded in the command: a file of this folder each, listed in Package.swift and here.
public enum EmbeddedTemplates {
    /// By name: the file's name without `.mustache`.
    public static var all: [String: String] {
        [
            "py_types": text(PackageResources.py_types_mustache)
        ]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
