/// The release that this generator belongs to.
public enum Release {
    /// The version of the command, and of the Python package in whose wheel it comes; a test holds them equal.
    public static let version = "0.1.0"
    /// Where a Swift package finds the runtime when no folder is named.
    public static let repository = "https://github.com/subsgen/subsgen"
}
