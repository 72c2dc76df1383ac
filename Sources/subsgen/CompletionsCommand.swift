import ArgumentParser

/// `subsgen completions SHELL`
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the script by which a shell completes subsgen's options.",
        discussion: """
            examples:
              source <(subsgen completions bash)
              subsgen completions zsh > ~/.zfunc/_subsgen
              subsgen completions fish > ~/.config/fish/completions/subsgen.fish
            """)

    /// Those that the parser of arguments can write for.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        fileprivate var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() {
        let script = CompletedCommand.completionScript(for: shell.shell)
        StandardStream.output.write(script.hasSuffix("\n") ? script : script + "\n")
    }
}
