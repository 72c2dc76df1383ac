import SDLParser

/// Writes the SDL of an introspection result. What is wrong with the result is reported, and the writer goes on with what is left.
///
/// Nothing of the result goes into the SDL unchecked: names are names, default values are parsed, and other text is quoted.
struct IntrospectionSDL {
    let source: Source
    private(set) var text = ""
    private(set) var report: [Diagnostic] = []

    init(source: Source) {
        self.source = source
    }

    mutating func write(_ root: JSONTree) {
        let root = IntrospectionPlace(value: root, path: "")
        guard case .object = root.value.content else { return refuse(root, "is \(root.value.kind), not an introspection result") }
        guard let schema = (root["data"] ?? root)["__schema"] else {
            let hint =
                root["errors"] == nil ? "It is the result of an introspection query: {\"data\": {\"__schema\": ...}}." : "It holds errors; ask the server again."
            return refuse(root["data"] ?? root, "has no \"__schema\"", hint: hint)
        }
        describe(schema, indent: "")
        roots(of: schema)
        for directive in optionalElements("directives", of: schema) { write(directive: directive) }
        for type in elements("types", of: schema) { write(type: type) }
    }

    /// Every root is named, so that a type called `Query` that is none does not become one.
    private mutating func roots(of schema: IntrospectionPlace) {
        var roots: [String] = []
        for operation in OperationType.allCases {
            guard let type = schema["\(operation.keyword)Type"], let name = name(of: type) else { continue }
            roots.append("  \(operation.keyword): \(name)\n")
        }
        if roots.isEmpty {
            // A description alone has nothing to stand before.
            text = ""
        } else {
            text += "schema {\n\(roots.joined())}\n"
        }
    }

    // MARK: Types

    private mutating func write(type: IntrospectionPlace) {
        guard let name = name(of: type), let kind = string("kind", of: type) else { return }
        if name.hasPrefix("__") || kind == "SCALAR" && SpecifiedDefinitions.scalarNames.contains(name) { return }
        text += "\n"
        describe(type, indent: "")
        switch kind {
        case "SCALAR":
            text += "scalar \(name)"
            if let url = optionalString("specifiedByURL", of: type) { text += " @specifiedBy(url: \(StringLiteral.quoted(url)))" }
            text += "\n"
        case "OBJECT", "INTERFACE":
            text += kind == "OBJECT" ? "type \(name)" : "interface \(name)"
            let interfaces = kind == "OBJECT" ? elements("interfaces", of: type) : optionalElements("interfaces", of: type)
            names(interfaces, after: " implements ", separator: " & ")
            block(elements("fields", of: type)) { $0.write(field: $1) }
        case "UNION":
            text += "union \(name)"
            names(elements("possibleTypes", of: type), after: " = ", separator: " | ")
            text += "\n"
        case "ENUM":
            text += "enum \(name)"
            block(elements("enumValues", of: type)) { $0.write(enumValue: $1) }
        case "INPUT_OBJECT":
            text += "input \(name)"
            if optionalBoolean("isOneOf", of: type) { text += " @oneOf" }
            block(elements("inputFields", of: type)) { $0.write(inputValue: $1, indent: "  ") }
        default:
            if let place = type["kind"] { refuse(place, "is \"\(kind)\", which is no kind of type") }
        }
    }

    private mutating func write(field: IntrospectionPlace) {
        guard let name = name(of: field) else { return }
        describe(field, indent: "  ")
        text += "  " + name
        arguments(of: field)
        text += ": " + reference("type", of: field)
        deprecate(field)
        text += "\n"
    }

    private mutating func write(enumValue value: IntrospectionPlace) {
        guard let name = name(of: value) else { return }
        describe(value, indent: "  ")
        text += "  " + name
        deprecate(value)
        text += "\n"
    }

    private mutating func write(inputValue value: IntrospectionPlace, indent: String) {
        guard let name = name(of: value) else { return }
        describe(value, indent: indent)
        text += "\(indent)\(name): " + reference("type", of: value)
        if let literal = optionalString("defaultValue", of: value), let place = value["defaultValue"] {
            if let constant = Self.constant(literal) {
                text += " = " + constant.sdl
            } else {
                refuse(place, "is \(StringLiteral.quoted(literal)), which is no GraphQL value")
            }
        }
        deprecate(value)
        text += "\n"
    }

    private mutating func write(directive: IntrospectionPlace) {
        guard let name = name(of: directive), !SpecifiedDefinitions.directiveNames.contains(name) else { return }
        text += "\n"
        describe(directive, indent: "")
        text += "directive @" + name
        arguments(of: directive)
        if optionalBoolean("isRepeatable", of: directive) { text += " repeatable" }
        let places = elements("locations", of: directive)
        if places.isEmpty, let locations = directive["locations"] { refuse(locations, "is empty: the directive could stand nowhere") }
        text += " on " + places.compactMap { checkedName($0) }.joined(separator: " | ") + "\n"
    }

    // MARK: Parts

    private mutating func arguments(of owner: IntrospectionPlace) {
        let arguments = elements("args", of: owner)
        if arguments.isEmpty { return }
        text += "(\n"
        for argument in arguments { write(inputValue: argument, indent: "    ") }
        text += "  )"
    }

    /// Members in braces; none where there are no members, which the rules then say.
    private mutating func block(_ members: [IntrospectionPlace], _ write: (inout IntrospectionSDL, IntrospectionPlace) -> Void) {
        if !members.isEmpty {
            text += " {\n"
            for member in members { write(&self, member) }
            text += "}"
        }
        text += "\n"
    }

    private mutating func names(_ types: [IntrospectionPlace], after prefix: String, separator: String) {
        let names = types.compactMap { name(of: $0) }
        if !names.isEmpty { text += prefix + names.joined(separator: separator) }
    }

    /// A type with its wrappers.
    private mutating func reference(_ key: String, of owner: IntrospectionPlace) -> String {
        guard let type = present(key, of: owner), let kind = string("kind", of: type) else { return "" }
        guard kind == "LIST" || kind == "NON_NULL" else { return name(of: type) ?? "" }
        guard type["ofType"] != nil else {
            refuse(type, "is a \(kind) of nothing", hint: "The introspection query did not ask deep enough for all wrappers of the type.")
            return ""
        }
        let inner = reference("ofType", of: type)
        if kind == "LIST" { return "[" + inner + "]" }
        if inner.hasSuffix("!") { refuse(type, "is a NON_NULL of a NON_NULL") }
        return inner + "!"
    }

    private mutating func describe(_ owner: IntrospectionPlace, indent: String) {
        guard let description = optionalString("description", of: owner) else { return }
        text += indent + (StringLiteral.block(description, indentation: indent) ?? StringLiteral.quoted(description)) + "\n"
    }

    private mutating func deprecate(_ owner: IntrospectionPlace) {
        if let reason = optionalString("deprecationReason", of: owner) {
            text += " @deprecated(reason: \(StringLiteral.quoted(reason)))"
        } else if optionalBoolean("isDeprecated", of: owner) {
            text += " @deprecated"
        }
    }

    /// The constant that a literal writes; nil where it is no literal, holds a variable, or goes on behind its end.
    private static func constant(_ literal: String) -> ConstantValue? {
        let parsed = Parser.parse(Source(name: "default value", text: "input A { a: A = \(literal)\n}"))
        guard !parsed.hasErrors, parsed.tree.document.definitions.count == 1, case .type(let type)? = parsed.tree.document.definitions.first,
            type.inputFields.count == 1, let field = type.inputFields.first, field.directives.isEmpty, let value = field.defaultValue
        else { return nil }
        return ConstantValue(value)
    }

    // MARK: Members

    private mutating func present(_ key: String, of owner: IntrospectionPlace) -> IntrospectionPlace? {
        if let place = owner[key] { return place }
        if case .object = owner.value.content {
            refuse(owner, "has no \"\(key)\"")
        } else {
            refuse(owner, "is \(owner.value.kind), not an object")
        }
        return nil
    }

    private mutating func elements(_ key: String, of owner: IntrospectionPlace) -> [IntrospectionPlace] {
        guard let place = present(key, of: owner) else { return [] }
        if let elements = place.elements { return elements }
        refuse(place, "is \(place.value.kind), not an array")
        return []
    }

    private mutating func optionalElements(_ key: String, of owner: IntrospectionPlace) -> [IntrospectionPlace] {
        owner[key] == nil ? [] : elements(key, of: owner)
    }

    private mutating func string(_ key: String, of owner: IntrospectionPlace) -> String? {
        present(key, of: owner).flatMap { checkedString($0) }
    }

    private mutating func optionalString(_ key: String, of owner: IntrospectionPlace) -> String? {
        owner[key].flatMap { checkedString($0) }
    }

    private mutating func checkedString(_ place: IntrospectionPlace) -> String? {
        if let string = place.string { return string }
        refuse(place, "is \(place.value.kind), not a string")
        return nil
    }

    private mutating func optionalBoolean(_ key: String, of owner: IntrospectionPlace) -> Bool {
        guard let place = owner[key] else { return false }
        if let boolean = place.boolean { return boolean }
        refuse(place, "is \(place.value.kind), not a boolean")
        return false
    }

    private mutating func name(of owner: IntrospectionPlace) -> String? {
        present("name", of: owner).flatMap { checkedName($0) }
    }

    private mutating func checkedName(_ place: IntrospectionPlace) -> String? {
        guard let name = checkedString(place) else { return nil }
        // Spec section 2.1.8, Name.
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            refuse(place, "is \(StringLiteral.quoted(name)), which is no GraphQL name")
            return nil
        }
        return name
    }

    private mutating func refuse(_ place: IntrospectionPlace, _ problem: String, hint: String? = nil) {
        let subject = place.path.isEmpty ? "The file" : place.path
        // Of an object only its beginning: it may go on for pages.
        let start = place.value.span.start
        let end =
            switch place.value.content {
            case .object, .array: start + 1
            case .null, .boolean, .number, .string: place.value.span.end
            }
        report.append(
            Diagnostic(
                code: IntrospectionReader.code, "\(subject) \(problem).", in: source, at: SourceSpan(start: start, end: end), hint: hint))
    }
}
