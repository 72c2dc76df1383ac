import ArgumentParser

/// `subsgen explain [CODE]`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say what a code of a message means, with an example; without a code, list them all.",
        discussion: """
            examples:
              subsgen explain                                   all codes
              subsgen explain SG1012
            """)

    @Argument(help: ArgumentHelp("A code such as SG1012.", valueName: "code"))
    var code: String?

    func run() throws {
        guard let code else {
            let list = Explanations.all.map { "\($0.code)  \($0.title)\n" }
            return StandardStream.output.write(list.joined())
        }
        guard let explanation = Explanations.all.first(where: { $0.code == code.uppercased() }) else {
            throw Failure(.usage, "there is no code \(code).", hint: "`subsgen explain` lists them all.")
        }
        StandardStream.output.write(explanation.text)
    }
}
