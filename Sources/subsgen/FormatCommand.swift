import ArgumentParser
import Glibc
import SDLParser

/// `subsgen format [FILE...] [--check]`, `subsgen format --stdin`
struct FormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format", abstract: "Rewrite schemas and operations in the canonical layout, comments included.",
        discussion: """
            A file with syntax errors stays as it is.

            examples:
              subsgen format                                    the schema of the configuration
              subsgen format schemas/ 'web/**/*.graphql'
              subsgen format schemas/ --check                   for continuous integration
              subsgen format --stdin < schema.graphql           for editors
            """)

    @Argument(
        help: ArgumentHelp("Files, folders and patterns of schemas or operations. Else the configuration's schema.", valueName: "file"),
        completion: .schema)
    var files: [String] = []

    @Flag(help: "Write nothing; list what is not formatted, and exit with 1 if anything is not.")
    var check = false

    @Flag(help: "Read standard input and write to standard output.")
    var stdin = false

    @OptionGroup
    var options: SchemaChoice.Options

    func validate() throws {
        if stdin, !files.isEmpty { throw ValidationError("Name files, or give --stdin for standard input.") }
    }

    func run() throws {
        let sources = stdin ? [try standardInput()] : try InputFile.readAll(try paths(), status: .unreadableInput)
        var texts: [(source: Source, text: String)] = []
        var diagnostics: [Diagnostic] = []
        // Introspection JSON, which stands for a schema elsewhere, has no layout.
        var progress = Progress("formatting", of: sources.count)
        for source in sources where !source.name.hasSuffix(".json") {
            progress.step()
            let parsed = Parser.parse(source)
            diagnostics += parsed.diagnostics
            if !parsed.hasErrors { texts.append((source, Printer.format(parsed.tree))) }
        }
        progress.end()
        let changed = texts.filter { !$0.text.utf8.elementsEqual($0.source.bytes) }
        if check {
            StandardStream.output.write(changed.map { "\($0.source.name) is not formatted.\n" }.joined())
        } else if stdin {
            StandardStream.output.write(texts.map(\.text).joined())
        } else {
            for (source, text) in changed { try write(text, to: source.name) }
        }
        if !diagnostics.isEmpty {
            let style: DiagnosticPrinter.Style = StandardStream.error.showsColour ? .coloured : .plain
            throw Failure(.mistakes, text: DiagnosticPrinter(style: style).print(diagnostics))
        }
        if check, !changed.isEmpty { throw Failure(.mistakes, text: "") }
    }

    /// What was named needs no configuration, and so no sound one.
    private func paths() throws(Failure) -> [String] {
        files.isEmpty ? try SchemaChoice([], options, for: "subsgen format").paths : files
    }

    private func standardInput() throws(Failure) -> Source {
        do throws(SystemError) {
            return Source(name: "standard input", bytes: try FileDescriptor(dup(STDIN_FILENO)).readAll())
        } catch {
            throw Failure(.unreadableInput, "cannot read standard input: \(error.reason).")
        }
    }

    private func write(_ text: String, to path: String) throws(Failure) {
        do throws(SystemError) {
            try OutputFile.write(text, to: path)
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(path): \(error.reason).")
        }
        StandardStream.output.write("\(path) formatted.\n")
    }
}
