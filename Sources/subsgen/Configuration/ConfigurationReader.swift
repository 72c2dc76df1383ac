import Codegen
import GraphQLSchema
import SDLParser
import TOMLKit

/// Reads a configuration file, and says what is wrong with it.
struct ConfigurationReader {
    private static let syntax = DiagnosticCode(5001)
    private static let unknownKey = DiagnosticCode(5002)
    private static let wrongType = DiagnosticCode(5003)

    private let source: Source
    private let places: TOMLPlaces
    /// The table that is subsgen's.
    private let root: [String]
    /// The file's folder, from which its paths go: empty, or with a slash at its end.
    private let folder: String
    private var configuration = Configuration()
    private var diagnostics: [Diagnostic] = []

    /// The configuration in a file; nil where the table that is looked for is not in it. Fails with all that is wrong.
    static func read(_ source: Source, table root: [String]) throws(Failure) -> Configuration? {
        var reader = ConfigurationReader(source, root)
        let configuration = reader.read()
        guard reader.diagnostics.isEmpty else {
            let style: DiagnosticPrinter.Style = StandardStream.error.showsColour ? .coloured : .plain
            throw Failure(.usage, text: DiagnosticPrinter(style: style).print(reader.diagnostics))
        }
        return configuration
    }

    private init(_ source: Source, _ root: [String]) {
        self.source = source
        self.root = root
        places = TOMLPlaces(source)
        folder = String(source.name[..<(source.name.lastIndex(of: "/").map { source.name.index(after: $0) } ?? source.name.startIndex)])
    }

    private mutating func read() -> Configuration? {
        // The parser takes a string of C, which would end there.
        if let zero = source.bytes.firstIndex(of: 0) {
            let offset = UInt32(clamping: zero)
            report(Self.syntax, "A configuration file must not hold a null character.", SourceSpan(start: offset, end: offset))
            return nil
        }
        guard let text = String(validating: source.bytes, as: UTF8.self) else {
            report(Self.syntax, "A configuration file must be UTF-8.", SourceSpan(start: 0, end: 0))
            return nil
        }
        do {
            let document = try TOMLTable(string: text)
            // Tables in it are views of it.
            return withExtendedLifetime(document) { read(document) }
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            report(Self.syntax, "Not TOML: \(error.description).", places.span(line: begin.line, column: begin.column))
        } catch {
            report(Self.syntax, "Not TOML: \(error).", SourceSpan(start: 0, end: 0))
        }
        return nil
    }

    private mutating func read(_ document: TOMLTable) -> Configuration? {
        var table = document
        for (depth, name) in root.enumerated() {
            guard let value = table[name] else { return nil }
            guard let inner = value.table else {
                refuse(value, Array(root.prefix(depth + 1)), "a table")
                return nil
            }
            table = inner
        }
        configuration.source = source
        for name in table.keys {
            let path = root + [name]
            guard let value = table[name] else { continue }
            guard let key = Configuration.Key(rawValue: name) else {
                let sentence = DidYouMean.sentence(for: name, among: Configuration.Key.allCases.map(\.rawValue))
                report(Self.unknownKey, "Unknown key \"\(name)\".\(sentence)", places.span(of: path))
                continue
            }
            read(key, value, path)
        }
        return configuration
    }

    private mutating func read(_ key: Configuration.Key, _ value: any TOMLValueConvertible, _ path: [String]) {
        switch key {
        case .schema: configuration.schemas = paths(value, path)
        case .out: configuration.out = string(value, path).flatMap { fromHere($0, path) }
        case .depfile: configuration.depfile = string(value, path).flatMap { fromHere($0, path) }
        case .templates: configuration.templates = string(value, path).flatMap { fromHere($0, path) }
        case .strict: configuration.isStrict = boolean(value, path)
        case .allTypes: configuration.hasAllTypes = boolean(value, path)
        case .style: configuration.style = style(value, path)
        case .directives: configuration.directives = texts(value, path)
        case .scalars: configuration.scalars = scalars(value, path)
        case .claims: configuration.security.claims = Set(texts(value, path).map(\.0.text))
        case .defaultAccess: configuration.security.isAuthenticatedByDefault = access(value, path) == "authenticated"
        }
    }

    // MARK: Values

    private mutating func string(_ value: any TOMLValueConvertible, _ path: [String]) -> String? {
        guard let text = value.string else { return refuse(value, path, "a string") }
        return text
    }

    private mutating func style(_ value: any TOMLValueConvertible, _ path: [String]) -> PythonStyle? {
        guard let text = string(value, path) else { return nil }
        let names = PythonStyle.allCases.map(\.rawValue)
        if let style = PythonStyle(rawValue: text) { return style }
        report(
            Self.wrongType, "\"\(text)\" is no style of Python classes.\(DidYouMean.sentence(for: text, among: names))",
            places.span(of: text, at: path), hint: "Write one of \(names.map { "\"\($0)\"" }.joined(separator: ", ")).")
        return nil
    }

    private mutating func access(_ value: any TOMLValueConvertible, _ path: [String]) -> String? {
        guard let text = string(value, path) else { return nil }
        if text == "public" || text == "authenticated" { return text }
        report(
            Self.wrongType, "\"\(text)\" is no access.\(DidYouMean.sentence(for: text, among: ["public", "authenticated"]))",
            places.span(of: text, at: path), hint: "Write \"authenticated\", or \"public\", which it is where nothing is said.")
        return nil
    }

    private mutating func boolean(_ value: any TOMLValueConvertible, _ path: [String]) -> Bool? {
        guard let flag = value.bool else { return refuse(value, path, "true or false") }
        return flag
    }

    /// A path or several.
    private mutating func paths(_ value: any TOMLValueConvertible, _ path: [String]) -> [String] {
        guard let array = value.array else {
            guard let text = value.string else { return refuse(value, path, "a string or an array of strings") ?? [] }
            return fromHere(text, path).map { [$0] } ?? []
        }
        return array.compactMap { string($0, path) }.compactMap { fromHere($0, path) }
    }

    /// A table of strings.
    private mutating func texts(_ value: any TOMLValueConvertible, _ path: [String]) -> [(Quotation, Quotation)] {
        guard let table = value.table else { return refuse(value, path, "a table") ?? [] }
        return table.keys.compactMap { name in
            let path = path + [name]
            guard let value = table[name] else { return nil }
            if let member = value.table?.keys.first {
                // To TOML a dot without quotation marks is a table in a table.
                let hint = "A key with dots stands in quotation marks: \"\(name).\(member)\" = ..."
                report(Self.wrongType, "\"\(name)\" must be a string, not a table.", places.span(of: path + [member]), hint: hint)
                return nil
            }
            guard let text = string(value, path) else { return nil }
            return (
                Quotation(name, in: source, at: places.span(of: path)), Quotation(text, in: source, at: places.span(of: text, at: path))
            )
        }
    }

    /// A table of types: each a string, or a table of the type and the functions for it.
    private mutating func scalars(_ value: any TOMLValueConvertible, _ path: [String]) -> [ScalarType] {
        guard let table = value.table else { return refuse(value, path, "a table") ?? [] }
        return table.keys.compactMap { name in
            guard let value = table[name] else { return nil }
            let path = path + [name]
            let scalar = Quotation(name, in: source, at: places.span(of: path))
            if let table = value.table { return self.scalar(scalar, table, path) }
            guard let text = value.string else { return refuse(value, path, "a string or a table") }
            return ScalarType(scalar, type: quotation(text, path))
        }
    }

    private mutating func scalar(_ scalar: Quotation, _ table: TOMLTable, _ path: [String]) -> ScalarType? {
        let keys = ["type", "parse", "serialise"]
        for name in table.keys where !keys.contains(name) {
            let sentence = DidYouMean.sentence(for: name, among: keys)
            report(Self.unknownKey, "Unknown key \"\(name)\".\(sentence)", places.span(of: path + [name]))
        }
        let missing = keys.filter { table[$0] == nil }
        let values = keys.compactMap { name in
            table[name].flatMap { string($0, path + [name]) }.map { quotation($0, path + [name]) }
        }
        if missing.isEmpty || missing == ["parse", "serialise"] {
            guard let type = values.first else { return nil }
            return ScalarType(scalar, type: type, conversion: values.count == keys.count ? (values[1], values[2]) : nil)
        }
        let names = missing.map { "\"\($0)\"" }.joined(separator: " and ")
        report(Self.wrongType, "\"\(scalar.text)\" lacks \(names).", scalar.span, hint: "A type that is parsed is serialised too.")
        return nil
    }

    private func quotation(_ text: String, _ path: [String]) -> Quotation {
        Quotation(text, in: source, at: places.span(of: text, at: path))
    }

    private mutating func fromHere(_ text: String, _ path: [String]) -> String? {
        guard !text.isEmpty else {
            report(Self.wrongType, "\"\(path.last ?? "")\" must be a path, not an empty string.", places.span(of: path))
            return nil
        }
        return text.hasPrefix("/") ? text : folder + text
    }

    // MARK: Reports

    @discardableResult
    private mutating func refuse<Value>(_ value: any TOMLValueConvertible, _ path: [String], _ expected: String) -> Value? {
        let article = value.type == .int || value.type == .array ? "an" : "a"
        let found = value.type == .bool ? "boolean" : value.type.description
        report(Self.wrongType, "\"\(path.last ?? "")\" must be \(expected), not \(article) \(found).", places.span(of: path))
        return nil
    }

    private mutating func refuse(_ value: any TOMLValueConvertible, _ path: [String], _ expected: String) {
        let _: Never? = refuse(value, path, expected)
    }

    private mutating func report(_ code: DiagnosticCode, _ message: String, _ span: SourceSpan, hint: String? = nil) {
        diagnostics.append(Diagnostic(code: code, message, in: source, at: span, hint: hint))
    }
}
