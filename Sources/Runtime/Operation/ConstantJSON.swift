import GraphQLSchema

extension JSONWriter {
    /// A JSON object of coerced arguments, keys in the order of definition. Equal arguments have equal bytes.
    static func object(of arguments: [ArgumentCoercion.Argument], _ schema: Schema) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for argument in arguments {
            writer.key(argument.definition.name)
            writer.value(argument.value, as: argument.definition.type, schema)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Writes a coerced value of an input type. Equal values have equal bytes; numbers of custom scalars keep their text.
    mutating func value(_ value: ConstantValue, as type: TypeReference, _ schema: Schema) {
        switch value {
        case .list(let items):
            guard let element = type.element else { break }
            beginArray()
            for item in items { self.value(item, as: element, schema) }
            endArray()
            return
        case .object(let fields):
            let definition = schema[type.named]
            guard definition.kind == .inputObject else { break }
            beginObject()
            for field in fields {
                guard let expected = definition.inputField(named: field.name) else { continue }
                key(field.name)
                self.value(field.value, as: expected.type, schema)
            }
            endObject()
            return
        case .float(let text):
            guard schema[type.named].isBuiltIn, let number = Double(text) else { break }
            return double(number)
        case .int(let text):
            guard schema[type.named].isBuiltIn, let number = Int(text) else { break }
            return integer(number)
        case .null, .string, .boolean, .enumeration: break
        }
        untyped(value)
    }

    private mutating func untyped(_ value: ConstantValue) {
        switch value {
        case .null: null()
        case .int(let text), .float(let text): raw(text.utf8)
        case .string(let text), .enumeration(let text): string(text)
        case .boolean(let flag): boolean(flag)
        case .list(let items):
            beginArray()
            for item in items { untyped(item) }
            endArray()
        case .object(let fields):
            beginObject()
            for field in fields {
                key(field.name)
                untyped(field.value)
            }
            endObject()
        }
    }
}

extension ConstantValue {
    /// The text that stands for the value in topics and keys; nil for null, lists and objects.
    var leafText: [UInt8]? {
        switch self {
        case .string(let text), .enumeration(let text): Array(text.utf8)
        case .int(let text), .float(let text): NumberText.canonical(Array(text.utf8)[...])
        case .boolean(let flag): Array((flag ? "true" : "false").utf8)
        case .null, .list, .object: nil
        }
    }
}
