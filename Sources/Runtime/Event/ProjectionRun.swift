/// One execution of a plan over one event: the hot path of the runtime.
///
/// It writes the response as it goes. A value that cannot stand is taken back to where the nearest nullable value began, so that
/// an event without errors is passed over once and nothing is allocated but the response. The pointers are valid inside `withRun`
/// only. The depth of its recursion is that of the event, which the JSON reader bounds.
struct ProjectionRun: ~Copyable {
    let projection: Projection
    private let text: UnsafeRawPointer
    private let fields: UnsafeBufferPointer<PlannedField>
    private let types: UnsafeBufferPointer<PlannedType>
    let json: UnsafeRawBufferPointer
    let tape: UnsafeBufferPointer<JSONNode>
    private let start: Int
    /// What functions have supplied; nil where they are not asked.
    let supplied: SuppliedValues?
    var output: ResponseBuffer
    private(set) var errors: [FieldError] = []
    /// Whether the response has been given up because of its size.
    private(set) var isTooLarge = false
    /// The objects that the projection's guards deny; nil where there are none.
    private(set) var masked: MaskedObjects?
    /// Memory for what the projection's guards look at.
    private var guarded = EventValues()
    /// Whether a value that a function supplies is still to come; the response is to be thrown away.
    var isIncomplete = false

    /// Lends the memory of the plan and the event to a run.
    static func withRun<Result>(
        of projection: Projection, over event: JSONValue, supplied: SuppliedValues? = nil, _ body: (inout ProjectionRun) -> Result
    ) -> Result {
        let plan = projection.plan
        return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 8) { scratch in
            plan.text.withUnsafeBytes { text in
                plan.fields.withUnsafeBufferPointer { fields in
                    plan.types.withUnsafeBufferPointer { types in
                        event.storage.bytes.withUnsafeBytes { json in
                            event.storage.tape.withUnsafeBufferPointer { tape in
                                var run = ProjectionRun(
                                    projection: projection, text: text, fields: fields, types: types, json: json, tape: tape, start: event.index,
                                    supplied: supplied, scratch: scratch)
                                return body(&run)
                            }
                        }
                    }
                }
            }
        }
    }

    private init(
        projection: Projection, text: UnsafeRawBufferPointer, fields: UnsafeBufferPointer<PlannedField>,
        types: UnsafeBufferPointer<PlannedType>, json: UnsafeRawBufferPointer, tape: UnsafeBufferPointer<JSONNode>, start: Int,
        supplied: SuppliedValues?, scratch: UnsafeMutableRawBufferPointer
    ) {
        self.projection = projection
        // An empty text is never read: every name and prefix is in it.
        self.text = text.baseAddress ?? UnsafeRawPointer(StaticString("").utf8Start)
        self.fields = fields
        self.types = types
        self.json = json
        self.tape = tape
        self.start = start
        self.supplied = supplied
        output = ResponseBuffer(scratch: scratch)
    }

    var plan: ProjectionPlan { projection.plan }

    /// The whole response: ExecuteRootSelectionSet (spec section 6.2.5).
    mutating func respond() -> [UInt8] {
        output.append("{\"data\":")
        let mark = output.count
        if !select(plan.root, of: start) {
            output.truncate(to: mark)
            output.append("null")
        }
        if !errors.isEmpty { appendErrors() }
        output.append(UInt8(ascii: "}"))
        return output.bytes
    }

    // MARK: Completing values (spec section 6.4.3)

    /// Writes the selected fields of an object. False when one of them is null and must not be.
    private mutating func select(_ selection: PlannedSelection, of object: Int) -> Bool {
        if selection.fields.isEmpty { output.append(UInt8(ascii: "{")) }
        let end = Int(tape[object].next)
        // Events have their members in about the order in which operations select them, so each is looked for behind the last.
        var cursor = object &+ 1
        for index in selection.fields {
            let prefix = fields[index].prefix
            output.append(text + prefix.lowerBound, prefix.count)
            let count = errors.count
            let isComplete: Bool
            switch fields[index].origin {
            case .member(let name):
                let value = member(name, of: object, from: &cursor, end: end)
                isComplete = complete(value, as: fields[index].type, of: index)
            case .event:
                isComplete = complete(object, as: fields[index].type, of: index)
            case .prefix: continue
            case .masked: isComplete = mask(index)
            case .place(let place):
                isComplete = complete(place, as: fields[index].type, of: index)
            case .supplied(let place): isComplete = supply(projection.supplies[place], to: object, as: fields[index].type, of: index)
            }
            // A short operation can select a long value ten thousand times.
            let isWritten = isComplete && !isOverLimit(index)
            if errors.count != count { locate(.key(plan.descriptions[index].responseKey), since: count) }
            if !isWritten { return false }
        }
        output.append(UInt8(ascii: "}"))
        return true
    }

    /// The tape index of a member's value; nil where the object has no such member.
    @inline(__always)
    private func member(_ name: NameKey, of object: Int, from cursor: inout Int, end: Int) -> Int? {
        var key = cursor
        while key < end {
            let next = Int(tape[key &+ 1].next)
            if isKey(key, name) {
                cursor = next
                return key &+ 1
            }
            key = next
        }
        key = object &+ 1
        while key < cursor {
            let next = Int(tape[key &+ 1].next)
            if isKey(key, name) {
                cursor = next
                return key &+ 1
            }
            key = next
        }
        return nil
    }

    @inline(__always)
    private func isKey(_ key: Int, _ name: NameKey) -> Bool {
        if tape[key].flag { return isEscaped(key, name) }
        return isText(from: Int(tape[key].start), to: Int(tape[key].end), name)
    }

    @inline(__always)
    func isText(from start: Int, to end: Int, _ name: NameKey) -> Bool {
        guard let base = json.baseAddress else { return false }
        return name.equals(base, at: start, length: end &- start, count: json.count, names: text)
    }

    /// Writes a value of a type, or null where that may stand for it. False when it may not.
    @inline(__always)
    mutating func complete(_ value: Int?, as type: Int, of field: Int) -> Bool {
        let isNonNull = types[type].isNonNull
        guard let value, tape[value].kind != .null else {
            if isNonNull {
                fail("Cannot return null for non-nullable field \(plan.descriptions[field].coordinate).", of: field)
                return false
            }
            output.append("null")
            return true
        }
        let mark = output.count
        if write(value, as: types[type].shape, of: field) { return true }
        if isNonNull || isTooLarge { return false }
        output.truncate(to: mark)
        output.append("null")
        return true
    }

    /// Writes null in place of a value that has an error. False where that may not stand.
    mutating func completeFailed(as type: Int) -> Bool {
        if types[type].isNonNull { return false }
        output.append("null")
        return true
    }

    /// Writes a value that is not null. False when it is none of the type.
    private mutating func write(_ value: Int, as shape: PlannedType.Shape, of field: Int) -> Bool {
        switch shape {
        case .string:
            if tape[value].kind == .string { return copy(value) }
            return writeString(value, of: field)
        case .id:
            if tape[value].kind == .string { return copy(value) }
            return writeID(value, of: field)
        case .int: return writeInt(value, of: field)
        case .float: return writeFloat(value, of: field)
        case .boolean:
            if tape[value].kind == .boolean { return copy(value) }
            return writeBoolean(value, of: field)
        case .custom: return copy(value)
        case .enumeration(let type): return writeEnum(value, plan.enumTypes[type], of: field)
        case .object(let type, let selection, let guarded):
            guard let object = object(at: value) else { return refuse(value, asObject: type, of: field) }
            if let guarded, denies(object, guarded, of: field) { return false }
            return select(plan.selections[selection], of: object)
        case .abstract(let type):
            guard let selection = selection(for: value, of: plan.abstractTypes[type], field) else { return false }
            return select(plan.selections[selection], of: value)
        case .list(let element): return writeList(value, of: element, field)
        }
    }

    private mutating func writeList(_ list: Int, of element: Int, _ field: Int) -> Bool {
        guard tape[list].kind == .array else {
            fail("Expected Iterable, but did not find one for field \"\(plan.descriptions[field].coordinate)\".", of: field)
            return false
        }
        output.append(UInt8(ascii: "["))
        let end = Int(tape[list].next)
        var item = list &+ 1
        var position = 0
        while item < end {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            let count = errors.count
            let isComplete = complete(item, as: element, of: field)
            if errors.count != count { locate(.index(position), since: count) }
            if !isComplete { return false }
            item = Int(tape[item].next)
            position &+= 1
            if isOverLimit(field) { return false }
        }
        output.append(UInt8(ascii: "]"))
        return true
    }

    /// Whether the response is larger than it may be, and therefore given up.
    @inline(__always)
    mutating func isOverLimit(_ field: Int) -> Bool {
        if output.count <= plan.maximumSize { return false }
        fail("The response is larger than the limit of \(plan.maximumSize) bytes.", of: field)
        isTooLarge = true
        return true
    }

    /// The object at a value, or the one that its number refers to.
    @inline(__always)
    private func object(at value: Int) -> Int? {
        tape[value].kind == .object ? value : reference(at: value)
    }

    /// Copies a value's own text.
    @inline(__always)
    mutating func copy(_ value: Int) -> Bool {
        let start = Int(tape[value].start)
        if let base = json.baseAddress { output.append(base + start, Int(tape[value].end) &- start) }
        return true
    }

    // MARK: Abstract types (spec section 6.4.3, ResolveAbstractType)

    /// The selection for the object type that the event's `__typename` names.
    private mutating func selection(for value: Int, of type: PlannedAbstractType, _ field: Int) -> Int? {
        if tape[value].kind == .object, let name = typeName(of: value) {
            let isEscaped = tape[name].flag
            for index in type.possibleTypes {
                let possible = plan.possibleTypes[index]
                let isFound =
                    isEscaped ? self.isEscaped(name, possible.name) : isText(from: Int(tape[name].start) + 1, to: Int(tape[name].end) - 1, possible.name)
                if isFound {
                    if let guarded = possible.guarded, denies(value, guarded, of: field) { return nil }
                    if possible.selection == nil { failMasked(field) }
                    return possible.selection
                }
            }
            fail(unknownType(named: decoded(name), type.id), of: field)
        } else {
            fail(
                "Abstract type \"\(plan.schema[type.id].name)\" must resolve to an Object type at runtime for field "
                    + "\"\(plan.descriptions[field].coordinate)\". The event must be an object with a \"__typename\".", of: field)
        }
        return nil
    }

    private func typeName(of object: Int) -> Int? {
        let end = Int(tape[object].next)
        var key = object &+ 1
        while key < end {
            let value = key &+ 1
            if tape[value].kind == .string, !tape[key].flag, isTypeName(key) { return value }
            key = Int(tape[value].next)
        }
        return nil
    }

    private func isTypeName(_ key: Int) -> Bool {
        let start = Int(tape[key].start)
        return json[start..<Int(tape[key].end)].elementsEqual("__typename".utf8)
    }

    // MARK: Errors

    /// Writes null for a field that may not be seen. False where it may not be null.
    @inline(never)
    private mutating func mask(_ field: Int) -> Bool {
        failMasked(field)
        return completeFailed(as: fields[field].type)
    }

    /// Whether rules deny an object to the subscribers; that is an error of the field, then.
    @inline(never)
    private mutating func denies(_ object: Int, _ place: Int, of field: Int) -> Bool {
        guard let kind = projection.guards[place].denial(of: object, json, tape, &guarded) else { return false }
        masked = MaskedObjects(masked, and: kind, at: plan.descriptions[field].coordinate)
        failMasked(field)
        return true
    }

    /// Says no more than that a value of the field is not shown: not of which type it is.
    @inline(never)
    private mutating func failMasked(_ field: Int) {
        let description = plan.descriptions[field]
        errors.append(FieldError(PlannedMask.message(description.coordinate), of: description, .forbidden))
    }

    /// Notes an error of a field. Its path is added by what it is in, from the inside out.
    @inline(never)
    mutating func fail(_ message: String, of field: Int) {
        errors.append(FieldError(message, of: plan.descriptions[field]))
    }

    /// Takes the errors of a run over a value inside of this one.
    @inline(never)
    mutating func fail(_ inner: [FieldError], isTooLarge: Bool = false) {
        errors += inner
        self.isTooLarge = self.isTooLarge || isTooLarge
    }

    @inline(never)
    private mutating func locate(_ element: GraphQLError.PathElement, since count: Int) {
        for index in count..<errors.count { errors[index].passed(element) }
    }

    @inline(never)
    private mutating func appendErrors() {
        guard let errors = GraphQLErrors(errors.map { $0.located(in: projection.layout) }) else { return }
        var writer = JSONWriter()
        errors.write(into: &writer)
        output.append(",\"errors\":")
        output.append(writer.bytes)
    }
}
