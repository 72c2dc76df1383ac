import Codegen
import Glibc
import SDLParser

/// All that the files of a package and the messages of a run depend on besides what stands in the package's folder.
struct RunInputs: Equatable {
    let digits: Fingerprint.Digits

    /// Nil where nobody can tell, or where files outside of the package depend on the run too.
    init?(_ settings: Settings, _ sources: [Source], _ templates: [Source]) {
        guard settings.depfile == nil, let command = Self.command else { return nil }
        var inputs = Fingerprint()
        inputs.append(Release.version.utf8)
        for word in command { inputs.append(String(word).utf8) }
        // What was given on the command line and stands in the configuration, rather than what was made of it: an option that is added
        // cannot be forgotten here.
        for argument in CommandLine.arguments.dropFirst() { inputs.append(argument.utf8) }
        inputs.append(StandardStream.error.showsColour ? "colour".utf8 : "plain".utf8)
        for files in [settings.configuration.map { [$0] } ?? [], sources, templates] {
            inputs.append(String(files.count).utf8)
            for file in files {
                inputs.append(file.name.utf8)
                inputs.append(file.bytes)
            }
        }
        digits = inputs.digits
    }

    init(digits: Fingerprint.Digits) { self.digits = digits }

    /// Which file this command is, and when that file last changed: a command that was built or installed again is another one, also
    /// where its version is the same.
    private static var command: [Int]? {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        return [
            Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_size), status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}
