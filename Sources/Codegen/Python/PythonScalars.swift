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
        "array", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "ipaddress", "numbers", "pathlib", "re", "typing",
        "uuid", "zoneinfo",
    ]

    /// By scalar: `datetime.datetime`.
    private var types: [TypeID: String] = [:]

    /// Checks what the configuration says against a schema.
    init(_ configured: [(scalar: Quotation, type: Quotation)], schema: Schema, _ report: inout [Diagnostic]) {
        for (scalar, type) in configured {
            let custom = schema.types.filter { $0.kind == .scalar && !$0.isBuiltIn }.map(\.name)
            guard custom.contains(scalar.text), let id = schema.typeID(named: scalar.text) else {
                report.append(
                    Diagnostic(
                        code: Self.unknownScalar,
                        "The schema has no custom scalar \"\(scalar.text)\".\(DidYouMean.sentence(for: scalar.text, among: custom))",
                        in: scalar.source, at: scalar.span))
                continue
            }
            guard Self.isSupported(type.text) else {
                report.append(
                    Diagnostic(
                        code: Self.unsupportedType, "\"\(type.text)\" is no Python type that a scalar can be.", in: type.source, at: type.span,
                        hint: "Name \((Self.standard.sorted() + Self.builtins.sorted()).joined(separator: ", ")), or a NewType of one of them "
                            + "with its module: `shop.scalars.Money`."))
                continue
            }
            types[id] = type.text
        }
    }

    /// The type of a scalar as types.py writes it; nil where nobody chose one.
    subscript(id: TypeID) -> String? { types[id] }

    /// The names that the imports of the scalars' modules bind, which no class may have.
    var boundNames: Set<String> { Set(types.values.compactMap { Self.module(of: $0)?.split(separator: ".").first.map(String.init) }) }

    /// The import statements of scalars: of the standard library, and of modules of the user's.
    func imports(of ids: [TypeID]) -> (standard: [String], own: [String]) {
        let modules = Set(ids.compactMap { types[$0].flatMap(Self.module) }).sorted()
        return (
            modules.filter(Self.standardModules.contains).map { "import " + $0 }, modules.filter { !Self.standardModules.contains($0) }.map { "import " + $0 }
        )
    }

    private static func module(of type: String) -> String? {
        type.lastIndex(of: ".").map { String(type[..<$0]) }
    }

    private static func isSupported(_ type: String) -> Bool {
        if standard.contains(type) || builtins.contains(type) { return true }
        let parts = type.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, let root = parts.first, !standardModules.contains(root) else { return false }
        return parts.allSatisfy(isIdentifier)
    }

    private static func isIdentifier(_ part: String) -> Bool {
        guard let first = part.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return !PythonReservedNames.keywords.contains(part)
            && part.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_")
            }
    }
}
