import GraphQLSchema
import SDLParser

/// The schema that clients see, as a JSON document that projections run over (spec section 4).
///
/// Types refer to each other in circles, which JSON cannot. So everything stands once in a list, and where an object belongs there is
/// its number instead; `Projection.references` leads from there to the object. A list that may leave out what is deprecated is there
/// twice, the whole one under a name with a plus sign.
struct IntrospectionDocument: Sendable {
    private let document: JSONDocument
    /// The tape indices of the numbered objects.
    let references: [Int]
    private let numbers: [String: Int]

    init(_ schema: Schema) throws(GraphQLErrors) {
        var writer = IntrospectionWriter(schema: schema)
        writer.write()
        do throws(JSONSyntaxError) {
            document = try JSONDocument.parse(writer.bytes)
        } catch {
            throw GraphQLErrors(GraphQLError("The schema cannot be introspected: \(error)"))
        }
        references = document.root["objects"].map { $0.elements.map(\.index) } ?? []
        numbers = writer.typeNumbers
    }

    var root: JSONValue { document.root }

    /// The tape index of the `__Schema` object.
    var schema: Int? { root["schema"]?.index }

    /// The tape index of a public type's `__Type` object.
    func type(named name: String) -> Int? { numbers[name].map { references[$0] } }

    /// The name of the member that holds a list with or without what is deprecated.
    static func member(_ name: String, includeDeprecated: Bool) -> String { includeDeprecated ? name + "+" : name }
}

/// Writes the document.
private struct IntrospectionWriter {
    private enum Object {
        case type(TypeDefinition)
        case field(FieldDefinition)
        case inputValue(InputValueDefinition)
        case enumValue(EnumValueDefinition)
        case directive(DirectiveDefinition)
    }

    private let schema: Schema
    private let directives: [DirectiveDefinition]
    private(set) var typeNumbers: [String: Int] = [:]
    /// Everything that has a number, in that order; grows while it is written.
    private var objects: [Object] = []
    private var writer = JSONWriter()

    var bytes: [UInt8] { writer.bytes }

    init(schema: Schema) {
        self.schema = schema
        let specified = ["skip", "include", "deprecated", "specifiedBy", "oneOf"].filter { !schema.directiveOrder.contains($0) }
        let own = schema.directiveOrder.filter { !SubsgenDirectives.contains($0) }
        directives = (specified + own).compactMap { schema.directives[$0] }
        let referenced = referencedTypes()
        // A built-in scalar that nothing refers to is no part of the schema (spec section 3.5).
        for (index, type) in schema.types.enumerated() where !type.isInternal {
            if type.isBuiltIn, type.kind == .scalar, !referenced.contains(TypeID(index: index)) { continue }
            typeNumbers[type.name] = objects.count
            objects.append(.type(type))
        }
    }

    private func referencedTypes() -> Set<TypeID> {
        var referenced: Set<TypeID> = []
        for type in schema.types where !type.isInternal {
            for field in type.fields where !field.isInternal {
                referenced.insert(field.type.named)
                referenced.formUnion(field.arguments.map(\.type.named))
            }
            referenced.formUnion(type.inputFields.map(\.type.named))
        }
        for directive in directives { referenced.formUnion(directive.arguments.map(\.type.named)) }
        return referenced
    }

    mutating func write() {
        let typeCount = objects.count
        objects += directives.map { .directive($0) }
        writer.beginObject()
        writer.key("schema")
        writer.beginObject()
        description(schema.description)
        numbers("types", 0..<typeCount)
        root("queryType", schema.queryType)
        root("mutationType", schema.mutationType)
        root("subscriptionType", schema.subscriptionType)
        numbers("directives", typeCount..<objects.count)
        writer.endObject()

        writer.key("objects")
        writer.beginArray()
        var position = 0
        while position < objects.count {
            writer.beginObject()
            switch objects[position] {
            case .type(let type): write(type)
            case .field(let field): write(field)
            case .inputValue(let value): write(value)
            case .enumValue(let value):
                named(value.name, value.description)
                deprecation(value.deprecationReason)
            case .directive(let directive): write(directive)
            }
            writer.endObject()
            position += 1
        }
        writer.endArray()
        writer.endObject()
    }

    // MARK: Objects

    private mutating func write(_ type: TypeDefinition) {
        writer.key("kind")
        writer.string(Self.kind(type))
        named(type.name, type.description)
        optional("specifiedByURL", type.specifiedByURL)
        switch type.kind {
        case .object, .interface:
            let fields = type.fields.filter { !$0.isInternal }
            list("fields", fields, deprecated: { $0.deprecationReason != nil }, Object.field)
            types("interfaces", type.interfaces)
            if type.kind == .interface { types("possibleTypes", type.possibleTypes) }
        case .union: types("possibleTypes", type.members)
        case .enum: list("enumValues", type.values, deprecated: { $0.deprecationReason != nil }, Object.enumValue)
        case .inputObject:
            list("inputFields", type.inputFields, deprecated: { $0.deprecationReason != nil }, Object.inputValue)
            writer.key("isOneOf")
            writer.boolean(type.isOneOf)
        case .scalar: break
        }
    }

    private mutating func write(_ field: FieldDefinition) {
        named(field.name, field.description)
        list("args", field.arguments, deprecated: { $0.deprecationReason != nil }, Object.inputValue)
        writer.key("type")
        reference(field.type)
        deprecation(field.deprecationReason)
    }

    private mutating func write(_ value: InputValueDefinition) {
        named(value.name, value.description)
        writer.key("type")
        reference(value.type)
        optional("defaultValue", value.defaultValue?.sdl)
        deprecation(value.deprecationReason)
    }

    private mutating func write(_ directive: DirectiveDefinition) {
        named(directive.name, directive.description)
        writer.key("isRepeatable")
        writer.boolean(directive.isRepeatable)
        writer.key("locations")
        writer.beginArray()
        for location in directive.locations { writer.string(location) }
        writer.endArray()
        list("args", directive.arguments, deprecated: { $0.deprecationReason != nil }, Object.inputValue)
    }

    private static func kind(_ type: TypeDefinition) -> String {
        switch type.kind {
        case .scalar: "SCALAR"
        case .object: "OBJECT"
        case .interface: "INTERFACE"
        case .union: "UNION"
        case .enum: "ENUM"
        case .inputObject: "INPUT_OBJECT"
        }
    }

    // MARK: Members

    private mutating func named(_ name: String, _ text: String?) {
        writer.key("name")
        writer.string(name)
        description(text)
    }

    private mutating func description(_ text: String?) { optional("description", text) }

    private mutating func deprecation(_ reason: String?) {
        writer.key("isDeprecated")
        writer.boolean(reason != nil)
        optional("deprecationReason", reason)
    }

    /// What is absent is null.
    private mutating func optional(_ key: String, _ text: String?) {
        guard let text else { return }
        writer.key(key)
        writer.string(text)
    }

    private mutating func root(_ key: String, _ type: TypeID?) {
        guard let number = type.flatMap({ typeNumbers[schema[$0].name] }) else { return }
        writer.key(key)
        writer.integer(number)
    }

    private mutating func types(_ key: String, _ ids: [TypeID]) {
        numbers(key, ids.compactMap { typeNumbers[schema[$0].name] })
    }

    /// Gives each of the definitions a number and writes the list with and without those that are deprecated.
    private mutating func list<Definition>(
        _ key: String, _ definitions: [Definition], deprecated: (Definition) -> Bool, _ object: (Definition) -> Object
    ) {
        var current: [Int] = []
        var all: [Int] = []
        for definition in definitions {
            if !deprecated(definition) { current.append(objects.count) }
            all.append(objects.count)
            objects.append(object(definition))
        }
        numbers(IntrospectionDocument.member(key, includeDeprecated: false), current)
        numbers(IntrospectionDocument.member(key, includeDeprecated: true), all)
    }

    private mutating func numbers(_ key: String, _ numbers: some Sequence<Int>) {
        writer.key(key)
        writer.beginArray()
        for number in numbers { writer.integer(number) }
        writer.endArray()
    }

    /// A type with its wrappers, from the outside in.
    private mutating func reference(_ type: TypeReference) {
        for wrapper in type.wrappers.reversed() {
            writer.beginObject()
            writer.key("kind")
            writer.string(wrapper == .list ? "LIST" : "NON_NULL")
            writer.key("ofType")
        }
        if let number = typeNumbers[schema[type.named].name] { writer.integer(number) } else { writer.null() }
        for _ in type.wrappers { writer.endObject() }
    }
}
