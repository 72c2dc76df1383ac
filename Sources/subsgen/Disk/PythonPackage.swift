// Of C's globals `environ` alone is read, which nothing here changes.
@preconcurrency import Glibc

/// The Python package, whose commands are the command's own to those who type them.
enum PythonPackage {
    /// Becomes Python with a command of the package: signals and the exit status are Python's. Returns only by throwing.
    ///
    /// The interpreter beside this program is asked first, which is where a wheel puts both, and then those on `PATH`.
    static func run(_ command: String, _ arguments: [String]) throws(Failure) {
        let interpreters = beside() + ["python3", "python"]
        guard let python = interpreters.first(where: hasPackage) else {
            throw Failure(
                .unreadableInput, "subsgen \(command) runs in Python, and no python3 that has the package subsgen was found.",
                hint: "Install it where python3 finds it (pip install subsgen), or activate the environment that has it.")
        }
        let code = "\(outsideOfFolder); from subsgen.__main__ import main; sys.exit(main(prog='subsgen'))"
        let words = [python, "-c", code, command] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        execvp(python, pointers)
        let error = SystemError.last
        pointers.forEach { free($0) }
        throw Failure(.unreadableInput, "cannot run \(python): \(error.reason).")
    }

    /// A folder called subsgen in the one where somebody stands is not the package.
    private static let outsideOfFolder = "import sys; sys.path[:1] == [''] and sys.path.pop(0)"

    private static func beside() -> [String] {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        guard length > 0 else { return [] }
        let program = String(decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = program.lastIndex(of: "/") else { return [] }
        return ["python3", "python"].map { program[...slash] + $0 }
    }

    private static func hasPackage(_ python: String) -> Bool {
        let code = "\(outsideOfFolder); import importlib.util; sys.exit(importlib.util.find_spec('subsgen') is None)"
        // What is no Python says on its standard error what is of no concern here: another one may be.
        let status: Int32?
        do throws(SystemError) {
            status = try ChildProcess.run([python, "-c", code])
        } catch {
            status = nil
        }
        return status == 0
    }
}
