import SDLParser

/// Which arguments are compared with which fields, and by which operators: the table of docs/reference/filters.md.
struct FilterComparison {
    static let operatorCode = DiagnosticCode(2020)
    static let typesCode = DiagnosticCode(2022)

    /// Why a comparison is none; `message` completes "... cannot compare: ".
    struct Refusal: Error {
        var code = typesCode
        let message: String
        var hint: String?
    }

    let schema: Schema

    /// The operator by which an argument of type `argument` is compared with the field at a path, where `written` says `op`: for a list,
    /// EQ means IN and NE means NOT_IN. Throws why there is none.
    func comparison(_ written: FilterOperator, of argument: TypeReference, with path: PayloadPath) throws(Refusal) -> FilterOperator {
        if written == .between {
            for bound in try bounds(of: argument) { _ = try comparison(.lessThan, of: bound, with: path) }
            return .between
        }
        try checkShapes(argument, path)
        switch written {
        case .equal, .notEqual:
            try checkEquality(argument, path)
            guard argument.isList else { return written }
            return written == .equal ? .isIn : .isNotIn
        case .isIn, .isNotIn:
            guard argument.isList else {
                throw Refusal(message: "\(written.rawValue) needs a list, and the argument is of type \(schema.name(of: argument))")
            }
            try checkEquality(argument, path)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .between:
            try checkSingle(written, argument)
            try checkOrder(argument, path)
        case .prefix, .contains:
            try checkSingle(written, argument)
            try checkText(written, argument, path)
        }
        return written
    }

    /// Whether an argument of a type may select events by the field at a path without a word about it.
    func takes(_ argument: TypeReference, _ path: PayloadPath) -> Bool {
        (try? comparison(.equal, of: argument, with: path)) != nil
    }

    /// Whether equal values of two types are written alike, so that one can stand for the other in the name of a topic.
    func isSpelledAlike(_ type: TypeReference, _ other: TypeReference) -> Bool {
        type.named == other.named || isIdentifier(type, other) || isIdentifier(other, type)
    }

    /// `from` and `to` of a range (BETWEEN).
    private func bounds(of argument: TypeReference) throws(Refusal) -> [TypeReference] {
        let type = schema[argument.named]
        guard !argument.isList, type.kind == .inputObject, Set(type.inputFields.map(\.name)) == ["from", "to"] else {
            throw Refusal(
                message: "BETWEEN needs an input type with the fields \"from\" and \"to\", and the argument is of type "
                    + schema.name(of: argument))
        }
        return type.inputFields.map(\.type)
    }

    private func checkShapes(_ argument: TypeReference, _ path: PayloadPath) throws(Refusal) {
        if !schema[argument.named].isLeaf {
            throw Refusal(message: "an argument of type \(schema.name(of: argument)) is compared with no field")
        }
        if argument.listDepth > 1 { throw Refusal(message: "an argument of type \(schema.name(of: argument)) is a list of lists") }
        if !schema[path.type.named].isLeaf {
            throw Refusal(message: "\"\(path.text)\" is of type \(schema.name(of: path.type)), which is no scalar or enum")
        }
    }

    private func checkSingle(_ written: FilterOperator, _ argument: TypeReference) throws(Refusal) {
        guard argument.isList else { return }
        throw Refusal(message: "\(written.rawValue) needs a single value, and the argument is of type \(schema.name(of: argument))")
    }

    private func checkEquality(_ argument: TypeReference, _ path: PayloadPath) throws(Refusal) {
        if isSpelledAlike(argument, path.type) || isNumber(argument) && isNumber(path.type) { return }
        throw Refusal(
            message: "\"\(path.text)\" is of type \(schema.name(of: path.type)) and the argument of type \(schema.name(of: argument))")
    }

    /// Numbers are in order, and strings by their code points.
    private func checkOrder(_ argument: TypeReference, _ path: PayloadPath) throws(Refusal) {
        if isNumber(argument) && isNumber(path.type) || isBuiltIn(argument, "String") && isBuiltIn(path.type, "String") { return }
        try checkEquality(argument, path)
        let type = isNumber(path.type) || isBuiltIn(path.type, "String") ? argument : path.type
        let name = schema[type.named].name
        throw Refusal(
            code: Self.operatorCode, message: "the values of \(name) have no order that subsgen knows",
            hint: schema[type.named].kind == .scalar && !schema[type.named].isBuiltIn
                ? "LT, LTE, GT, GTE and BETWEEN compare Int, Float and String. Give both sides the type String where the text of \(name) sorts "
                    + "as its values do (RFC 3339 in UTC), or Float where it is a number."
                : "LT, LTE, GT, GTE and BETWEEN compare Int, Float and String.")
    }

    private func checkText(_ written: FilterOperator, _ argument: TypeReference, _ path: PayloadPath) throws(Refusal) {
        func isText(_ type: TypeReference) -> Bool { isBuiltIn(type, "String") || isBuiltIn(type, "ID") }
        if isText(argument), isText(path.type) { return }
        try checkEquality(argument, path)
        let type = isText(path.type) ? argument : path.type
        throw Refusal(
            code: Self.operatorCode, message: "\(written.rawValue) looks at text, and \(schema[type.named].name) is none",
            hint: "PREFIX and CONTAINS compare String and ID.")
    }

    // MARK: Types

    /// An ID is a string or an integer in JSON, so it is compared with those too.
    private func isIdentifier(_ type: TypeReference, _ other: TypeReference) -> Bool {
        isBuiltIn(type, "ID") && (isBuiltIn(other, "String") || isBuiltIn(other, "Int"))
    }

    private func isNumber(_ type: TypeReference) -> Bool { isBuiltIn(type, "Int") || isBuiltIn(type, "Float") }

    private func isBuiltIn(_ type: TypeReference, _ name: String) -> Bool {
        schema[type.named].isBuiltIn && schema[type.named].name == name
    }
}
