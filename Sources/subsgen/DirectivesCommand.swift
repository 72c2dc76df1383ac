import ArgumentParser
import GraphQLSchema

/// `subsgen directives`
struct DirectivesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directives", abstract: "Print the definitions of subsgen's directives, which every schema has.",
        discussion: """
            examples:
              subsgen directives
              subsgen directives > subsgen.graphql              for an editor that wants to see them
            """)

    func run() {
        StandardStream.output.write(SubsgenDirectives.sdl)
    }
}
