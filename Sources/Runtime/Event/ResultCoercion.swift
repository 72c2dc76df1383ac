import GraphQLSchema

/// Result coercion of leaf values whose text in the event is not already what the response must hold (spec sections 3.5 and 3.9).
///
/// What is taken besides the obvious, and the messages, are those of the reference implementations.
extension ProjectionRun {
    mutating func writeInt(_ value: Int, of field: Int) -> Bool {
        let node = tape[value]
        if node.kind == .number, isShortInteger(node) { return copy(value) }
        if node.kind == .boolean {
            output.append(node.flag ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            return true
        }
        switch integer(value) {
        case .inRange(let integer)?:
            output.append(Array(String(integer).utf8))
            return true
        case .outOfRange?: fail("Int cannot represent non 32-bit signed integer value: \(inspected(value))", of: field)
        case nil: fail("Int cannot represent non-integer value: \(inspected(value))", of: field)
        }
        return false
    }

    mutating func writeFloat(_ value: Int, of field: Int) -> Bool {
        let node = tape[value]
        switch node.kind {
        case .number:
            // A number without an exponent is finite unless it is absurdly long.
            if node.end - node.start < 300, !hasExponent(node) { return copy(value) }
            if Double(raw(value))?.isFinite == true { return copy(value) }
        case .boolean:
            output.append(node.flag ? UInt8(ascii: "1") : UInt8(ascii: "0"))
            return true
        case .string:
            let text = decoded(value)
            let isDecimal = text.utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) }
            if isDecimal, let number = Double(text), number.isFinite {
                output.append(Array(number.description.utf8))
                return true
            }
        case .null, .array, .object, .key: break
        }
        fail("Float cannot represent non numeric value: \(inspected(value))", of: field)
        return false
    }

    /// A value of String that is no string.
    mutating func writeString(_ value: Int, of field: Int) -> Bool {
        let node = tape[value]
        switch node.kind {
        case .boolean:
            output.append(node.flag ? "\"true\"" : "\"false\"")
            return true
        case .number:
            if let text = numberAsString(value) { return quote(text) }
        case .null, .string, .array, .object, .key: break
        }
        fail("String cannot represent value: \(inspected(value))", of: field)
        return false
    }

    /// A value of ID that is no string.
    mutating func writeID(_ value: Int, of field: Int) -> Bool {
        if tape[value].kind == .number {
            let bytes = Array(json[Int(tape[value].start)..<Int(tape[value].end)])
            let text = NumberText.canonical(bytes[...])
            if NumberText.isInteger(text[...]) { return quote(String(decoding: text, as: UTF8.self)) }
        }
        fail("ID cannot represent value: \(inspected(value))", of: field)
        return false
    }

    /// A value of Boolean that is no boolean.
    mutating func writeBoolean(_ value: Int, of field: Int) -> Bool {
        if tape[value].kind == .number, let number = Double(raw(value)), number.isFinite {
            output.append(number == 0 ? "false" : "true")
            return true
        }
        fail("Boolean cannot represent a non boolean value: \(inspected(value))", of: field)
        return false
    }

    mutating func writeEnum(_ value: Int, _ type: PlannedEnumType, of field: Int) -> Bool {
        let node = tape[value]
        if node.kind == .string {
            for index in type.values {
                let name = plan.enumValues[index]
                if node.flag ? isEscaped(value, name) : isText(from: Int(node.start) &+ 1, to: Int(node.end) &- 1, name) { return copy(value) }
            }
        }
        fail("Enum \"\(plan.schema[type.id].name)\" cannot represent value: \(inspected(value))", of: field)
        return false
    }

    // MARK: Numbers

    private enum Integer {
        case inRange(Int32)
        case outOfRange
    }

    /// The integer that a number or a string of digits is; nil where it is none.
    private func integer(_ value: Int) -> Integer? {
        let text: String
        switch tape[value].kind {
        case .number: text = raw(value)
        case .string: text = decoded(value)
        case .null, .boolean, .array, .object, .key: return nil
        }
        if let integer = Int32(text) { return .inRange(integer) }
        let digits = text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true ? text.utf8.dropFirst() : text.utf8[...]
        if !digits.isEmpty, digits.allSatisfy({ $0 &- 0x30 < 10 }) { return .outOfRange }
        guard tape[value].kind == .number, let number = Double(text), number.isFinite, number == number.rounded() else { return nil }
        return Int32(exactly: number).map { .inRange($0) } ?? .outOfRange
    }

    /// Whether a number is written as an integer of at most nine digits, which always fits in 32 bits.
    @inline(__always)
    private func isShortInteger(_ node: JSONNode) -> Bool {
        guard node.end - node.start <= 9 else { return false }
        for index in Int(node.start)..<Int(node.end) where json[index] &- 0x30 >= 10 && json[index] != UInt8(ascii: "-") { return false }
        return true
    }

    private func hasExponent(_ node: JSONNode) -> Bool {
        for index in Int(node.start)..<Int(node.end) where json[index] | 0x20 == UInt8(ascii: "e") { return true }
        return false
    }

    private func numberAsString(_ value: Int) -> String? {
        let text = raw(value)
        if text == "-0" { return "0" }
        if NumberText.isInteger(Array(text.utf8)[...]) { return text }
        return Double(text).flatMap { $0.isFinite ? $0.description : nil }
    }

    // MARK: Text

    private mutating func quote(_ text: String) -> Bool {
        var bytes: [UInt8] = []
        JSONText.appendQuoted(text.utf8, to: &bytes)
        output.append(bytes)
        return true
    }

    /// Whether a key or string with escapes in it is the name.
    @inline(never)
    func isEscaped(_ index: Int, _ name: NameKey) -> Bool {
        decoded(index).utf8.elementsEqual(plan.text[Int(name.start)..<Int(name.start) + Int(name.length)])
    }

    /// The characters of a key or string.
    func decoded(_ index: Int) -> String {
        let inset = tape[index].kind == .key ? 0 : 1
        let text = json[Int(tape[index].start) + inset..<Int(tape[index].end) - inset]
        return String(decoding: tape[index].flag ? JSONText.decoded(text) : Array(text), as: UTF8.self)
    }

    /// The text of a value.
    private func raw(_ value: Int) -> String {
        String(decoding: json[Int(tape[value].start)..<Int(tape[value].end)], as: UTF8.self)
    }

    /// A value as messages show it: leaves as they are. What is in objects and lists is not shown, since part of it may be
    /// `@internal`.
    func inspected(_ value: Int) -> String {
        switch tape[value].kind {
        case .object: "[Object]"
        case .array: "[Array]"
        case .null, .boolean, .number, .string, .key: raw(value)
        }
    }

    // MARK: Objects

    /// The object that a number stands for, where numbers do that.
    @inline(never)
    func reference(at value: Int) -> Int? {
        guard tape[value].kind == .number, let number = Int(raw(value)), projection.references.indices.contains(number) else { return nil }
        return projection.references[number]
    }

    mutating func refuse(_ value: Int, asObject type: TypeID, of field: Int) -> Bool {
        fail("Expected value of type \"\(plan.schema[type].name)\" but got: \(inspected(value)).", of: field)
        return false
    }

    /// Why a name in `__typename` is not that of a possible type. An `@internal` type does not exist for clients.
    func unknownType(named name: String, _ abstract: TypeID) -> String {
        let expected = plan.schema[abstract].name
        guard let type = plan.schema.type(named: name), !type.isInternal else {
            return "Abstract type \"\(expected)\" was resolved to a type \"\(name)\" that does not exist inside the schema."
        }
        guard type.kind == .object else {
            return "Abstract type \"\(expected)\" was resolved to a non-object type \"\(name)\"."
        }
        return "Runtime Object type \"\(name)\" is not a possible type for \"\(expected)\"."
    }
}
