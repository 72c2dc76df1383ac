import GraphQLSchema
import SDLParser

/// Says where a module that the developer edited no longer fits its schema, and what to write instead.
///
/// It says what is certain: the package could not be imported, or the runtime would refuse the module, or the module names a class
/// that its field does not have. All else is left to type checkers.
struct ResolverDiagnosis {
    static let unknownType = DiagnosticCode(6001)
    static let noResolver = DiagnosticCode(6002)
    static let uncallable = DiagnosticCode(6003)
    static let otherType = DiagnosticCode(6004)
    static let notImported = DiagnosticCode(6005)
    static let neverCalled = DiagnosticCode(6006)
    static let twoResolvers = DiagnosticCode(6007)

    private(set) var diagnostics: [Diagnostic] = []

    private let contract: ResolverContract
    private let package: PythonPackage
    private let module: ResolverModule
    private let source: Source
    /// The names of types.py.
    private let known: Set<String>
    private let types: ImportedTypes
    /// Names that types.py lacks.
    private var replacements: [String: Replacement] = [:]

    /// What takes the place of a name.
    private enum Replacement {
        /// What the field has now, as an annotation, with the class that is in it.
        case field(annotation: String, class: String?)
        case similar(String)
        case none

        var name: String? {
            switch self {
            case .field(_, let name): name
            case .similar(let name): name
            case .none: nil
            }
        }
    }

    init(
        _ module: ResolverModule, of contract: ResolverContract, in package: PythonPackage, known: Set<String>, as source: Source,
        packageName: String
    ) {
        self.module = module
        self.contract = contract
        self.package = package
        self.known = known
        self.source = source
        types = ImportedTypes(module, packageName: packageName)
        // Of what cannot be read nothing is certain.
        if module.isBroken { return }
        findReplacements()
        checkImports()
        checkAttributes()
        checkFunctions()
        checkMisspelt()
    }

    // MARK: Classes that are gone

    private mutating func findReplacements() {
        let used = types.imported.map(\.name) + types.attributes.map { module.text[$0] }
        for name in Set(used).subtracting(known) {
            replacements[name] = DidYouMean.nearest(to: name, among: known).map { .similar($0) } ?? Replacement.none
        }
        if replacements.isEmpty { return }
        // By what they annotate it is certain what they are called now.
        for (function, defined) in calledFunctions {
            for (parameter, expected) in zip(defined.signature.positional, function.parameters) {
                for name in types.names(in: parameter.annotation) where replacements[name.name] != nil {
                    replacements[name.name] = .field(annotation: expected.annotation, class: expected.classes.first)
                }
            }
        }
    }

    private mutating func checkImports() {
        for used in types.imported where !used.mayFail {
            guard let replacement = replacements[used.name] else { continue }
            report(
                Self.unknownType, message(used.name, replacement), at: used.range,
                hint: sentence([mended(used)] + headers(naming: used.alias)))
        }
    }

    private mutating func checkAttributes() {
        for token in types.attributes {
            let name = module.text[token]
            guard let replacement = replacements[name] else { continue }
            report(Self.unknownType, message(name, replacement), at: token.range, hint: sentence([replacement.name]))
        }
    }

    private func message(_ name: String, _ replacement: Replacement) -> String {
        let sentence = "types.py has no \"\(name)\"."
        return switch replacement {
        case .field(let annotation, _): sentence + " \(contract.coordinate) has \"\(annotation)\" now."
        case .similar(let other): sentence + " Did you mean \"\(other)\"?"
        case .none: sentence
        }
    }

    /// The import statement of a name as it should be; nil where nothing is left of it.
    private func mended(_ used: ResolverModule.ImportedName) -> String? {
        var names: [String] = []
        for other in module.imports where other.statement == used.statement {
            guard let name = replacements[other.name].map(\.name) ?? other.name else { continue }
            let text = other.alias == other.name ? name : "\(name) as \(other.alias)"
            if !names.contains(text) { names.append(text) }
        }
        return names.isEmpty ? nil : Self.statement(importing: names, from: used.module)
    }

    private static func statement(importing names: [String], from module: String) -> String {
        "from \(module) import " + names.joined(separator: ", ")
    }

    /// The first lines, as they should be, of the functions in which a name stands.
    private func headers(naming alias: String) -> [String] {
        calledFunctions.filter { _, defined in
            let annotations = defined.signature.parameters.map(\.annotation) + [defined.signature.result]
            return annotations.joined().contains { $0.kind == .name && module.text[$0] == alias }
        }.map { header($0, like: $1) }
    }

    // MARK: Functions

    /// The functions that subsgen calls and the module defines by `def`, without decorators of which nothing is known.
    private var calledFunctions: [(ResolverContract.Function, ResolverModule.Function)] {
        contract.functions.compactMap { function in
            guard let defined = module.function(named: function.name), defined.decorators.allSatisfy(Self.isTransparent) else { return nil }
            return (function, defined)
        }
    }

    private static func isTransparent(_ decorator: String) -> Bool {
        ["passthrough", "unfilled"].contains(decorator.split(separator: ".").last)
    }

    private mutating func checkFunctions() {
        if !module.isOpaque, module.names.isDisjoint(with: contract.required) {
            let names = contract.required.map { "\"\($0)\"" }
            report(
                Self.noResolver, "\(contract.coordinate) has no resolver: \(names.joined(separator: " or ")) is not defined here.",
                at: 0..<0, hint: sentence(contract.functions.prefix(1).flatMap { withImports(header($0, like: nil)) }))
        }
        if contract.required.count > 1, module.names.isSuperset(of: contract.required), let resolve = module.function(named: "resolve"),
            resolve.decorators.isEmpty
        {
            report(
                Self.twoResolvers, "\"resolve_batch\" answers, so that this \"resolve\" would not be called.", at: resolve.range,
                hint: "Remove one of them, or mark `resolve` with `@passthrough`.")
        }
        for (function, defined) in calledFunctions {
            let count = function.parameters.count
            let counts: [Int] =
                switch function.context {
                case .never: [count]
                case .optional: [count, count + 1]
                case .always: [count + 1]
                }
            if !counts.contains(where: defined.signature.takes) {
                let calls = counts.map { "\(function.name)(" + (function.parameters.map(\.name) + ["context"]).prefix($0).joined(separator: ", ") + ")" }
                report(
                    Self.uncallable, "\"\(function.name)\" is called as \(calls.joined(separator: " or ")), and does not take that.",
                    at: defined.range, hint: sentence(withImports(header(function, like: defined))))
                continue
            }
            for (parameter, expected) in zip(defined.signature.positional, function.parameters) {
                checkAnnotation(of: parameter, expected, function, defined)
            }
        }
    }

    private mutating func checkAnnotation(
        of parameter: PythonSignature.Parameter, _ expected: ResolverContract.Parameter, _ function: ResolverContract.Function,
        _ defined: ResolverModule.Function
    ) {
        let named = types.names(in: parameter.annotation)
        // Told where it is imported.
        if named.contains(where: { replacements[$0.name] != nil }) { return }
        let related = expected.type.map(package.related) ?? Set(expected.classes)
        if let first = named.first, related.isDisjoint(with: named.map(\.name)) {
            report(
                Self.otherType,
                "\"\(parameter.name)\" of \"\(function.name)\" is annotated as \"\(first.name)\", and \(contract.coordinate) has "
                    + "\"\(expected.annotation)\" now.", at: first.range, hint: sentence(withImports(header(function, like: defined))))
        }
        for (token, previous) in zip(parameter.annotation, [nil] + parameter.annotation.map(Optional.some)) where token.kind == .name {
            let name = module.text[token]
            guard !module.text.is(previous, "."), !module.isOpaque, !module.names.contains(name), known.contains(name) else { continue }
            report(
                Self.notImported, "The module does not import \"\(name)\".", at: token.range,
                hint: sentence([Self.statement(importing: [name], from: "..types")]))
        }
    }

    /// A function that nothing calls, with almost the name of one that subsgen calls: an `authorise` would let everybody in.
    private mutating func checkMisspelt() {
        let called = contract.functions.map(\.name)
        for function in module.functions where !called.contains(function.name) && function.decorators.isEmpty {
            guard !function.name.hasPrefix("_"), module.count(of: function.name) == 1,
                let meant = DidYouMean.nearest(to: function.name, among: called, within: 2), !module.names.contains(meant)
            else { continue }
            report(
                Self.neverCalled, "Nothing calls \"\(function.name)\". Did you mean \"\(meant)\"?", severity: .warning, at: function.range,
                hint: "Name it `\(meant)` for subsgen to call it, or `_\(function.name)` where it is something else.")
        }
    }

    // MARK: Texts

    /// The first line of a function as it should be: with the names of the one that is there, and a context where that has one.
    private func header(_ function: ResolverContract.Function, like defined: ResolverModule.Function?) -> String {
        let names = defined?.signature.positional.map(\.name) ?? []
        var parameters = function.parameters.enumerated().map { position, parameter in
            (names.indices.contains(position) ? names[position] : parameter.name) + ": " + parameter.annotation
        }
        let count = parameters.count
        if function.context == .always || function.context == .optional && defined?.signature.takes(count + 1) ?? false {
            parameters.append((names.indices.contains(count) ? names[count] : "context") + ": Context")
        }
        return "\(defined?.isAsync ?? true ? "async " : "")def \(function.name)(\(parameters.joined(separator: ", "))) -> \(function.result):"
    }

    /// A function's first line with the import statements for what the module has not imported yet.
    private func withImports(_ header: String) -> [String] {
        let text = PythonText(bytes: Array(header.utf8))
        let names = PythonLexer(text.bytes).lines.flatMap(\.tokens).filter { $0.kind == .name }.map { text[$0] }
        let missing = Set(names).subtracting(module.names)
        let classes = missing.intersection(package.classes).sorted()
        let subsgen = missing.intersection(["Context", "ID", "Int", "Skip"]).subtracting(classes).sorted()
        return (subsgen.isEmpty ? [] : [Self.statement(importing: subsgen, from: "subsgen")])
            + (classes.isEmpty ? [] : [Self.statement(importing: classes, from: "..types")]) + [header]
    }

    private func sentence(_ texts: [String?]) -> String? {
        let texts = texts.compactMap { $0 }
        return texts.isEmpty ? nil : "Write " + texts.map { "`\($0)`" }.joined(separator: " and ")
    }

    private mutating func report(
        _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, at range: Range<Int>, hint: String?
    ) {
        let span = SourceSpan(start: UInt32(clamping: range.lowerBound), end: UInt32(clamping: range.upperBound))
        diagnostics.append(Diagnostic(severity, code: code, message, in: source, at: span, hint: hint))
    }
}
