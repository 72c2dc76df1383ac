import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen validate-cases`: judges many documents in one process, for tests that compare it with another implementation.
///
/// Standard input is a series of cases: a line `schema LENGTH` or `operation LENGTH`, and as many bytes. An operation is judged against
/// the last sound schema before it. Each is answered by a line, which is what `validate --format json` would write.
struct CasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate-cases", abstract: "Judge the cases on standard input.", shouldDisplay: false)

    func run() throws {
        let input: [UInt8]
        do throws(SystemError) {
            input = try FileDescriptor.standardInput().readAll()
        } catch {
            throw Failure(.usage, "cannot read the cases: \(error.reason).")
        }
        var rest = input[...]
        var schema: Schema?
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let head = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            rest = rest[(end + 1)...]
            guard head.count == 2, let length = Int(head[1]), (0...rest.count).contains(length) else {
                throw Failure(.usage, "a case begins with `schema LENGTH` or `operation LENGTH`.")
            }
            let document = Parser.parse(Source(name: String(head[0]), bytes: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
            var diagnostics = document.diagnostics
            if !document.hasErrors {
                if head[0] == "schema" {
                    let built = SchemaBuilder.build([document.tree])
                    schema = built.schema ?? schema
                    diagnostics += built.diagnostics
                } else if let schema {
                    diagnostics += OperationValidator.validate(document.tree, against: schema)
                }
            }
            StandardStream.output.write(JSONReport.line(diagnostics))
        }
    }
}
