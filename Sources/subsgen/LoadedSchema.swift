import GraphQLSchema
import SDLParser

/// A schema of files that the user named, for commands that want no more than it.
enum LoadedSchema {
    /// Reads and builds it; warnings go to standard error. Fails with all mistakes of the first stage that found one.
    static func load(_ arguments: [String]) throws(Failure) -> Schema {
        let sources = try InputFile.readAll(arguments, status: .unreadableInput)
        try InputFile.refuseEmpty(sources)
        let documents = sources.map { SchemaDocument.parse($0) }
        let diagnostics = documents.flatMap(\.diagnostics)
        if documents.contains(where: \.hasErrors) { throw failure(diagnostics) }
        let built = SchemaBuilder.build(documents.map(\.tree))
        guard let schema = built.schema else { throw failure(diagnostics + built.diagnostics) }
        StandardStream.error.write(report(diagnostics + built.diagnostics))
        return schema
    }

    /// What ends the command for these mistakes.
    static func failure(_ diagnostics: [Diagnostic]) -> Failure {
        let isUnreadable = diagnostics.contains { $0.code == .invalidUTF8 || $0.code == .documentTooLarge }
        return Failure(isUnreadable ? .unreadableInput : .mistakes, text: report(diagnostics))
    }

    private static func report(_ diagnostics: [Diagnostic]) -> String {
        DiagnosticPrinter(style: StandardStream.error.showsColour ? .coloured : .plain).print(diagnostics)
    }
}
