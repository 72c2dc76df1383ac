import ArgumentParser
import Codegen
import GraphQLSchema
import SDLParser

/// What to do, of the options and the configuration: an option wins over the file.
struct Settings {
    let schemas: [String]
    let out: String
    let depfile: String?
    /// The folder of templates that take the place of subsgen's.
    let templates: String?
    let options: Pipeline.Options
    /// Whether to say nothing where all goes well.
    let isQuiet: Bool
    /// The file of the configuration, if one was found.
    let configuration: Source?

    /// Fails where neither says what must be said.
    init(_ command: GenerateCommand, over configuration: Configuration) throws {
        schemas = command.schemas.isEmpty ? configuration.schemas : command.schemas
        if schemas.isEmpty, command.mode != .clean { throw SchemaChoice.missing(for: "subsgen", " --out gen") }
        guard let out = command.out ?? configuration.out else {
            let example = (["subsgen"] + command.schemas + ["--out gen"]).joined(separator: " ")
            throw Failure(
                .usage, "no folder is named for the package, neither here nor in a configuration.",
                hint: "Name it, as in `\(example)`, or configure `out`: docs/reference/configuration.md.")
        }
        self.out = out
        depfile = command.depfile ?? configuration.depfile
        templates = command.templates ?? configuration.templates
        self.configuration = configuration.source
        isQuiet = command.quiet

        let given = try command.directive.map { try Self.assignment($0, of: "--directive") }
        let names = Set(given.map(\.name.text))
        let scalars = try command.scalar.flatMap(Self.scalars)
        let scalarNames = Set(scalars.map(\.scalar.text))
        options = Pipeline.Options(
            isStrict: command.strict ?? configuration.isStrict ?? false,
            hasAllTypes: command.allTypes ?? configuration.hasAllTypes ?? false,
            directives: configuration.directives.filter { !names.contains($0.coordinate.text) }
                + given.map { (coordinate: $0.name, text: $0.value) },
            scalars: configuration.scalars.filter { !scalarNames.contains($0.scalar.text) }
                + scalars,
            style: command.style ?? configuration.style ?? .msgspec,
            security: configuration.security)
    }

    /// `SCALAR=TYPE`, or `SCALAR={ type = "...", parse = "...", serialise = "..." }` as in the configuration.
    private static func scalars(_ text: String) throws -> [ScalarType] {
        let assignment = try assignment(text, of: "--scalar")
        guard assignment.value.text.drop(while: { $0 == " " }).hasPrefix("{") else {
            return [ScalarType(assignment.name, type: assignment.value)]
        }
        return try ConfigurationReader.read(Source(name: "--scalar", text: "scalars." + text), table: [])?.scalars ?? []
    }

    /// The two sides of `name=value`.
    private static func assignment(_ text: String, of option: String) throws -> (name: Quotation, value: Quotation) {
        guard let sign = text.firstIndex(of: "=") else {
            throw ValidationError("The value '\(text)' of \(option) has no '='.")
        }
        let source = Source(name: option, text: text)
        let (name, value) = (text[..<sign], text[text.index(after: sign)...])
        let end = UInt32(clamping: name.utf8.count)
        return (
            Quotation(String(name), in: source, at: SourceSpan(start: 0, end: end)),
            Quotation(String(value), in: source, at: SourceSpan(start: end + 1, end: UInt32(clamping: text.utf8.count)))
        )
    }
}

/// `--style` takes the names that the configuration has.
extension PythonStyle: ExpressibleByArgument {}
