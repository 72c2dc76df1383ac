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
    private let view: IntrospectedSchema
    private(set) var typeNumbers: [String: Int] = [:]
    /// Everything that has a number, in that order; grows while it is written.
    private var objects: [IntrospectedSchema.Object] = []
    private var writer = JSONWriter()

    var bytes: [UInt8] { writer.bytes }

    init(schema: Schema) {
        view = IntrospectedSchema(schema)
        for type in view.types.map({ schema[$0] }) {
            typeNumbers[type.name] = objects.count
            objects.append(.type(type))
        }
    }

    mutating func write() {
        writer.beginObject()
        writer.key("schema")
        members(of: .schema)
        writer.key("objects")
        writer.beginArray()
        var position = 0
        while position < objects.count {
            members(of: objects[position])
            position += 1
        }
        writer.endArray()
        writer.endObject()
    }

    /// What is absent is null.
    private mutating func members(of object: IntrospectedSchema.Object) {
        writer.beginObject()
        for (name, value) in view.members(of: object) {
            if case .null = value { continue }
            if case .deprecatable(let objects) = value {
                let numbered = objects.map { (number: number(of: $0), isDeprecated: $0.isDeprecated) }
                writer.key(IntrospectionDocument.member(name, includeDeprecated: false))
                numbers(numbered.filter { !$0.isDeprecated }.map(\.number))
                writer.key(IntrospectionDocument.member(name, includeDeprecated: true))
                numbers(numbered.map(\.number))
            } else {
                writer.key(name)
                write(value)
            }
        }
        writer.endObject()
    }

    private mutating func write(_ value: IntrospectedSchema.Value) {
        switch value {
        case .null: writer.null()
        case .boolean(let flag): writer.boolean(flag)
        case .string(let text): writer.string(text)
        case .strings(let texts):
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        case .type(let type): reference(type)
        case .types(let types): numbers(types.compactMap { number(of: $0) })
        case .root(let type): reference(TypeReference(type))
        case .objects(let objects), .deprecatable(let objects): numbers(objects.map { number(of: $0) })
        }
    }

    /// The number of a type, or a new one for any other object: those are each told of once.
    private mutating func number(of object: IntrospectedSchema.Object) -> Int {
        if case .type(let type) = object, let known = typeNumbers[type.name] { return known }
        objects.append(object)
        return objects.count - 1
    }

    private func number(of type: TypeID) -> Int? { typeNumbers[view.schema[type].name] }

    private mutating func numbers(_ numbers: [Int]) {
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
        if let number = number(of: type.named) { writer.integer(number) } else { writer.null() }
        for _ in type.wrappers { writer.endObject() }
    }
}
