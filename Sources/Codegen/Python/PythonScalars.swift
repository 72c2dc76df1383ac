import GraphQLSchema
import SDLParser

/// The Python types that the configuration gives to custom scalars.
struct PythonScalars {
    private static let unknownScalar = DiagnosticCode(5004)
    private static let unsupportedType = DiagnosticCode(5005)

    /// Of the standard library, what msgspec decodes from JSON and encodes to it by itself.
    private static let standard: Set<String> = [
        "datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta", "decimal.Decimal", "uuid.UUID",
    ]
    private static let builtins: Set<String> = ["bool", "float", "int", "str"]
    /// Modules of the standard library whose types stand for values. What msgspec cannot read fails at the first event; it is refused here.
    private static let standardModules: Set<String> = [
        "array", "base64", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "ipaddress", "json", "math", "numbers",
        "operator", "pathlib", "re", "time", "types", "typing", "urllib", "uuid", "zoneinfo",
    ]

    private struct Choice {
        /// `datetime.datetime`
        let type: String
        /// The paths of functions.
        let conversion: (parse: String, serialise: String)?

        var paths: [String] { [type] + (conversion.map { [$0.parse, $0.serialise] } ?? []) }
    }

    private var choices: [TypeID: Choice] = [:]

    /// Checks what the configuration says against a schema.
    init(_ configured: [ScalarType], schema: Schema, _ report: inout [Diagnostic]) {
        for choice in configured {
            let scalar = choice.scalar
            let custom = schema.types.filter { $0.kind == .scalar && !$0.isBuiltIn }.map(\.name)
            guard custom.contains(scalar.text), let id = schema.typeID(named: scalar.text) else {
                report.append(
                    Diagnostic(
                        code: Self.unknownScalar,
                        "The schema has no custom scalar \"\(scalar.text)\".\(DidYouMean.sentence(for: scalar.text, among: custom))",
                        in: scalar.source, at: scalar.span))
                continue
            }
            let mistakes = Self.mistakes(of: choice)
            report += mistakes
            guard mistakes.isEmpty else { continue }
            choices[id] = Choice(type: choice.type.text, conversion: choice.conversion.map { ($0.parse.text, $0.serialise.text) })
        }
    }

    private static func mistakes(of choice: ScalarType) -> [Diagnostic] {
        func mistake(_ text: Quotation, _ what: String, _ hint: String) -> Diagnostic {
            Diagnostic(code: unsupportedType, "\"\(text.text)\" is no Python \(what).", in: text.source, at: text.span, hint: hint)
        }
        let type = choice.type
        guard let conversion = choice.conversion else {
            if isSupported(type.text) { return [] }
            let types = (standard.sorted() + builtins.sorted()).joined(separator: ", ")
            return [
                mistake(
                    type, "type that a scalar can be",
                    "Name \(types), or a NewType of one of them with its module: `shop.scalars.Money`. Of another type, say how it is made "
                        + "and written too: { type = \"pathlib.Path\", parse = \"pathlib.Path\", serialise = \"shop.scalars.text\" }.")
            ]
        }
        let hint = "Name it with its module: `shop.scalars.money`."
        return (builtins.contains(type.text) || isPath(type.text) ? [] : [mistake(type, "type", hint)])
            + [conversion.parse, conversion.serialise].filter { !isPath($0.text) }.map { mistake($0, "function", hint) }
    }

    /// The type of a scalar as types.py writes it; nil where nobody chose one.
    subscript(id: TypeID) -> String? { choices[id]?.type }

    /// The functions by which a scalar comes from JSON and becomes JSON, where the user has them.
    func conversion(of id: TypeID) -> (parse: String, serialise: String)? { choices[id]?.conversion }

    /// The names that the imports of the scalars' modules bind, which no class may have.
    var boundNames: Set<String> {
        Set(choices.values.flatMap(\.paths).compactMap { Self.module(of: $0)?.split(separator: ".").first.map(String.init) })
    }

    /// The import statements of scalars: of the standard library, and of modules of the user's.
    func imports(of ids: [TypeID]) -> (standard: [String], own: [String]) {
        let modules = Set(ids.flatMap { choices[$0]?.paths ?? [] }.compactMap(Self.module)).sorted()
        func isStandard(_ module: String) -> Bool { Self.standardModules.contains(module.prefix { $0 != "." }.description) }
        return (modules.filter(isStandard).map { "import " + $0 }, modules.filter { !isStandard($0) }.map { "import " + $0 })
    }

    private static func module(of type: String) -> String? {
        type.lastIndex(of: ".").map { String(type[..<$0]) }
    }

    private static func isSupported(_ type: String) -> Bool {
        if standard.contains(type) || builtins.contains(type) { return true }
        return isPath(type) && !standardModules.contains(type.prefix { $0 != "." }.description)
    }

    /// Whether a text names something in a module.
    private static func isPath(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return parts.count > 1 && parts.allSatisfy(isIdentifier)
    }

    private static func isIdentifier(_ part: String) -> Bool {
        guard let first = part.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return !PythonReservedNames.keywords.contains(part)
            && part.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_")
            }
    }
}
