import SDLParser

/// What stands at a path of the package's folder.
public enum DiskFile: Sendable {
    case absent
    case bytes([UInt8])
    /// A symbolic link: somebody made it, subsgen never does.
    case link
}

/// Which files to write and to remove, and which to leave alone.
///
/// A file that the developer edited is never changed by a byte. A file is untouched when its bytes are those that the manifest
/// remembers; without a manifest nothing is.
public struct WritePlan: Sendable {
    public private(set) var writes: [GeneratedFile] = []
    public private(set) var removals: [String] = []
    /// How many files already are as they should be.
    public private(set) var unchanged = 0
    /// Stubs that the developer edited.
    public private(set) var kept: [String] = []
    /// Edited stubs of which the schema no longer has the field; the registry does not name them.
    public private(set) var orphans: [String] = []
    /// Generated files that somebody edited, or that subsgen did not write. Where there are any, nothing may be written.
    public private(set) var refused: [String] = []
    /// What the manifest will say.
    public private(set) var manifest = Manifest()
    /// What it says while files are written: each may be the old one or the new one, and is subsgen's both times. So that a run that
    /// was killed does not leave files that the next one takes for somebody's.
    public private(set) var manifestMeanwhile: Manifest

    /// The plan for files in a folder of which `disk` tells the content at a path. With `isForced`, generated files that somebody
    /// edited are written over; stubs never are.
    public init<Failure: Error>(
        _ files: [GeneratedFile], over previous: Manifest, isForced: Bool = false, disk: (String) throws(Failure) -> DiskFile
    ) throws(Failure) {
        manifestMeanwhile = previous
        for file in files {
            let digest = SHA256.hexDigest(of: file.text.utf8)
            decide(file, digest, try disk(file.path), previous.entries[file.path], isForced)
        }
        let wanted = Set(files.map(\.path))
        for (path, entry) in previous.entries.sorted(by: { $0.key < $1.key }) where !wanted.contains(path) {
            leaveBehind(path, entry, try disk(path), isForced)
        }
    }

    /// The plan of a run right after the one that carried this one out: it changes nothing.
    public var afterwards: WritePlan { WritePlan(unchanged: unchanged + writes.count, kept: kept, orphans: orphans) }

    /// The plan that changes nothing in a folder where so many files are as they should be.
    public init(unchanged: Int, kept: [String], orphans: [String]) {
        self.unchanged = unchanged
        self.kept = kept
        self.orphans = orphans
        manifestMeanwhile = Manifest()
    }

    /// Whether the folder would change.
    public var changesFiles: Bool { !writes.isEmpty || !removals.isEmpty }

    private mutating func decide(
        _ file: GeneratedFile, _ digest: String, _ found: DiskFile, _ known: Manifest.Entry?, _ isForced: Bool
    ) {
        manifest.entries[file.path] = Manifest.Entry(owner: file.owner, digest: digest)
        let foundDigest: String? = if case .bytes(let bytes) = found { SHA256.hexDigest(of: bytes) } else { nil }
        switch (found, foundDigest) {
        case (.absent, _): write(file, digest, over: digest)
        case (.bytes, digest?):
            unchanged += 1
            manifestMeanwhile.entries[file.path] = manifest.entries[file.path]
        case (.bytes, let found?) where known?.covers(found) == true: write(file, digest, over: found)
        case (.bytes, _), (.link, _):
            switch file.owner {
            case .developer:
                kept.append(file.path)
                // What was last written stays known: a developer who takes all edits back has an untouched file again.
                manifest.entries[file.path] = known
            case .generator:
                if isForced { write(file, digest, over: known?.digest ?? digest) } else { refused.append(file.path) }
            }
        }
    }

    /// Writes a file where there is none, or one that has the digest `old`.
    private mutating func write(_ file: GeneratedFile, _ digest: String, over old: String) {
        writes.append(file)
        manifestMeanwhile.entries[file.path] = Manifest.Entry(owner: file.owner, digest: old, next: digest)
    }

    /// A file of an earlier run that this schema does not ask for.
    private mutating func leaveBehind(_ path: String, _ entry: Manifest.Entry, _ found: DiskFile, _ isForced: Bool) {
        switch found {
        case .absent: break
        case .bytes(let bytes) where entry.covers(SHA256.hexDigest(of: bytes)): removals.append(path)
        case .bytes, .link:
            switch entry.owner {
            case .developer:
                orphans.append(path)
                manifest.entries[path] = entry
            case .generator:
                if isForced { removals.append(path) } else { refused.append(path) }
                manifest.entries[path] = isForced ? nil : entry
            }
        }
    }
}
