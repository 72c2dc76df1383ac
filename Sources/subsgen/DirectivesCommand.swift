import ArgumentParser
import GraphQLSchema

/// `subsgen directives`
struct DirectivesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directives", abstract: "Print the definitions of subsgen's directives, which every schema has.")

    func run() {
        StandardStream.output.write(SubsgenDirectives.sdl)
    }
}
