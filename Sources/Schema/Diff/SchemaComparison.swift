import SDLParser

/// Compares two views of schemas, with the kinds and words of `findSchemaChanges` in graphql-js 17.
///
/// Where that says "undefined" of a description that is gone, "was removed" is said here.
struct SchemaComparison {
    private let old: IntrospectedSchema
    private let new: IntrospectedSchema
    private(set) var changes: [SchemaChange] = []

    init(old: IntrospectedSchema, new: IntrospectedSchema) {
        self.old = old
        self.new = new
    }

    private mutating func add(_ kind: SchemaChange.Kind, _ subject: SchemaChange.Subject, _ description: String) {
        changes.append(SchemaChange(kind, description, of: subject))
    }

    // MARK: Types

    mutating func compareTypes() {
        let types = Matching(old.types.map { old.schema[$0] }, new.types.map { new.schema[$0] }, \.name)
        for type in types.removed {
            let isStandard = SpecifiedDefinitions.scalarNames.contains(type.name)
            add(
                .typeRemoved, .type(type.name),
                isStandard
                    ? "Standard scalar \(type.name) was removed because it is not referenced anymore." : "\(type.name) was removed.")
        }
        for type in types.added { add(.typeAdded, .type(type.name), "\(type.name) was added.") }
        for (before, after) in types.kept {
            compareDescriptions(before.description, after.description, .type(after.name), after.name)
            guard before.kind == after.kind else {
                add(
                    .typeChangedKind, .type(after.name),
                    "\(after.name) changed from \(Self.words(for: before.kind)) to \(Self.words(for: after.kind)).")
                continue
            }
            switch before.kind {
            case .enum: compareValues(before, after)
            case .union: compareMembers(before, after)
            case .inputObject: compareInputFields(before, after)
            case .object, .interface:
                compareFields(before, after)
                compareInterfaces(before, after)
            case .scalar: break
            }
        }
    }

    private mutating func compareValues(_ before: TypeDefinition, _ after: TypeDefinition) {
        let values = Matching(before.values, after.values, \.name)
        for value in values.added {
            add(.valueAddedToEnum, .member(type: after.name, value.name), "Enum value \(after.name).\(value.name) was added.")
        }
        for value in values.removed {
            add(.valueRemovedFromEnum, .member(type: after.name, value.name), "Enum value \(after.name).\(value.name) was removed.")
        }
        for (old, new) in values.kept {
            compareDescriptions(
                old.description, new.description, .member(type: after.name, new.name), "enum value \(after.name).\(new.name)")
        }
    }

    private mutating func compareMembers(_ before: TypeDefinition, _ after: TypeDefinition) {
        let members = Matching(names(before.members, in: old), names(after.members, in: new), \.self)
        for name in members.added { add(.typeAddedToUnion, .type(after.name), "\(name) was added to union type \(after.name).") }
        for name in members.removed {
            add(.typeRemovedFromUnion, .type(after.name), "\(name) was removed from union type \(after.name).")
        }
    }

    private mutating func compareInterfaces(_ before: TypeDefinition, _ after: TypeDefinition) {
        let interfaces = Matching(names(before.interfaces, in: old), names(after.interfaces, in: new), \.self)
        for name in interfaces.added {
            add(.implementedInterfaceAdded, .type(after.name), "\(name) added to interfaces implemented by \(after.name).")
        }
        for name in interfaces.removed {
            add(.implementedInterfaceRemoved, .type(after.name), "\(after.name) no longer implements interface \(name).")
        }
    }

    private func names(_ types: [TypeID], in view: IntrospectedSchema) -> [String] {
        types.filter(view.contains).map { view.schema[$0].name }
    }

    private mutating func compareInputFields(_ before: TypeDefinition, _ after: TypeDefinition) {
        let fields = Matching(before.inputFields, after.inputFields, \.name)
        for field in fields.added {
            let subject = SchemaChange.Subject.member(type: after.name, field.name)
            if field.isRequired {
                add(.requiredInputFieldAdded, subject, "A required field \(after.name).\(field.name) was added.")
            } else {
                add(.optionalInputFieldAdded, subject, "An optional field \(after.name).\(field.name) was added.")
            }
        }
        for field in fields.removed {
            add(.fieldRemoved, .member(type: after.name, field.name), "Field \(after.name).\(field.name) was removed.")
        }
        for (old, new) in fields.kept {
            let name = "\(after.name).\(new.name)"
            compareInputs(
                old, new, .member(type: after.name, new.name), name: name, typeChange: "Field \(name) changed type",
                kinds: (.fieldChangedKind, .fieldChangedKindSafe, .inputFieldDefaultValueChange, .inputFieldDefaultValueAdded))
            compareDescriptions(old.description, new.description, .member(type: after.name, new.name), "input-field \(name)")
        }
    }

    private mutating func compareFields(_ before: TypeDefinition, _ after: TypeDefinition) {
        let fields = Matching(old.fields(of: before), new.fields(of: after), \.name)
        for field in fields.removed {
            add(.fieldRemoved, .member(type: after.name, field.name), "Field \(after.name).\(field.name) was removed.")
        }
        for field in fields.added {
            add(.fieldAdded, .member(type: after.name, field.name), "Field \(after.name).\(field.name) was added.")
        }
        for (earlier, later) in fields.kept {
            let subject = SchemaChange.Subject.member(type: after.name, later.name)
            let name = "\(after.name).\(later.name)"
            compareArguments(earlier.arguments, later.arguments, of: name, subject)
            let (oldType, newType) = (old.schema.name(of: earlier.type), new.schema.name(of: later.type))
            if !isSafeOutput(earlier.type, later.type) {
                add(.fieldChangedKind, subject, "Field \(name) changed type from \(oldType) to \(newType).")
            } else if oldType != newType {
                add(.fieldChangedKindSafe, subject, "Field \(name) changed type from \(oldType) to \(newType).")
            }
            compareDescriptions(earlier.description, later.description, subject, "field \(name)")
        }
    }

    // MARK: Arguments and input fields

    private mutating func compareArguments(
        _ before: [InputValueDefinition], _ after: [InputValueDefinition], of owner: String, _ subject: SchemaChange.Subject
    ) {
        let arguments = Matching(before, after, \.name)
        for argument in arguments.removed { add(.argumentRemoved, subject, "Argument \(owner)(\(argument.name):) was removed.") }
        for (old, new) in arguments.kept {
            compareKeptArguments(old, new, of: owner, subject)
            compareDescriptions(old.description, new.description, subject, "argument \(owner)(\(new.name):)")
        }
        for argument in arguments.added {
            if argument.isRequired {
                add(.requiredArgumentAdded, subject, "A required argument \(owner)(\(argument.name):) was added.")
            } else {
                add(.optionalArgumentAdded, subject, "An optional argument \(owner)(\(argument.name):) was added.")
            }
        }
    }

    private mutating func compareKeptArguments(
        _ old: InputValueDefinition, _ new: InputValueDefinition, of owner: String, _ subject: SchemaChange.Subject
    ) {
        let name = "\(owner)(\(new.name):)"
        compareInputs(
            old, new, subject, name: name, typeChange: "Argument \(name) has changed type",
            kinds: (.argumentChangedKind, .argumentChangedKindSafe, .argumentDefaultValueChange, .argumentDefaultValueAdded))
    }

    /// The type first; the default only where the type is as safe as it was.
    private mutating func compareInputs(
        _ before: InputValueDefinition, _ after: InputValueDefinition, _ subject: SchemaChange.Subject, name: String, typeChange: String,
        kinds: (unsafe: SchemaChange.Kind, safe: SchemaChange.Kind, changedDefault: SchemaChange.Kind, addedDefault: SchemaChange.Kind)
    ) {
        let (oldType, newType) = (old.schema.name(of: before.type), new.schema.name(of: after.type))
        switch (before.defaultValue?.sortingFields.sdl, after.defaultValue?.sortingFields.sdl) {
        case _ where !isSafeInput(before.type, after.type): add(kinds.unsafe, subject, "\(typeChange) from \(oldType) to \(newType).")
        case (.some, nil): add(kinds.changedDefault, subject, "\(name) defaultValue was removed.")
        case (let old?, let new?):
            if old != new { add(kinds.changedDefault, subject, "\(name) has changed defaultValue from \(old) to \(new).") }
        case (nil, let new?): add(kinds.addedDefault, subject, "\(name) added a defaultValue \(new).")
        case (nil, nil): if oldType != newType { add(kinds.safe, subject, "\(typeChange) from \(oldType) to \(newType).") }
        }
    }

    // MARK: Directives

    mutating func compareDirectives() {
        let directives = Matching(old.directives, new.directives, \.name)
        for directive in directives.removed {
            add(.directiveRemoved, .directive(directive.name), "Directive @\(directive.name) was removed.")
        }
        for directive in directives.added { add(.directiveAdded, .directive(directive.name), "Directive @\(directive.name) was added.") }
        for (before, after) in directives.kept { compare(before, after) }
    }

    private mutating func compare(_ before: DirectiveDefinition, _ after: DirectiveDefinition) {
        let subject = SchemaChange.Subject.directive(after.name)
        let name = "@\(after.name)"
        let arguments = Matching(before.arguments, after.arguments, \.name)
        for argument in arguments.added {
            if argument.isRequired {
                add(.requiredDirectiveArgumentAdded, subject, "A required argument \(name)(\(argument.name):) was added.")
            } else {
                add(.optionalDirectiveArgumentAdded, subject, "An optional argument \(name)(\(argument.name):) was added.")
            }
        }
        for argument in arguments.removed {
            add(.directiveArgumentRemoved, subject, "Argument \(name)(\(argument.name):) was removed.")
        }
        for (old, new) in arguments.kept {
            compareKeptArguments(old, new, of: name, subject)
            compareDescriptions(old.description, new.description, subject, "\(name)(\(new.name):)")
        }
        if before.isRepeatable, !after.isRepeatable {
            add(.directiveRepeatableRemoved, subject, "Repeatable flag was removed from \(name).")
        } else if after.isRepeatable, !before.isRepeatable {
            add(.directiveRepeatableAdded, subject, "Repeatable flag was added to \(name).")
        }
        compareDescriptions(before.description, after.description, subject, name)
        let locations = Matching(before.locations, after.locations, \.self)
        for location in locations.removed { add(.directiveLocationRemoved, subject, "\(location) was removed from \(name).") }
        for location in locations.added { add(.directiveLocationAdded, subject, "\(location) was added to \(name).") }
    }

    // MARK: Words and types

    private mutating func compareDescriptions(_ old: String?, _ new: String?, _ subject: SchemaChange.Subject, _ name: String) {
        if old == new { return }
        add(
            .descriptionChanged, subject,
            new.map { "Description of \(name) has changed to \(StringLiteral.quoted($0))." } ?? "Description of \(name) was removed.")
    }

    private static func words(for kind: TypeDefinition.Kind) -> String {
        switch kind {
        case .scalar: "a Scalar type"
        case .object: "an Object type"
        case .interface: "an Interface type"
        case .union: "a Union type"
        case .enum: "an Enum type"
        case .inputObject: "an Input type"
        }
    }

    /// Whether every value of the new type is one of the old: who reads it sees nothing new.
    private func isSafeOutput(_ before: TypeReference, _ after: TypeReference) -> Bool {
        if before.isNonNull { return after.isNonNull && isSafeOutput(before.nullable, after.nullable) }
        if after.isNonNull { return isSafeOutput(before, after.nullable) }
        switch (before.element, after.element) {
        case (let before?, let after?): return isSafeOutput(before, after)
        case (nil, nil): return old.schema[before.named].name == new.schema[after.named].name
        case (nil, _?), (_?, nil): return false
        }
    }

    /// Whether every value of the old type is one of the new: who wrote it may go on.
    private func isSafeInput(_ before: TypeReference, _ after: TypeReference) -> Bool {
        if before.isNonNull { return isSafeInput(before.nullable, after.nullable) }
        if after.isNonNull { return false }
        switch (before.element, after.element) {
        case (let before?, let after?): return isSafeInput(before, after)
        case (nil, nil): return old.schema[before.named].name == new.schema[after.named].name
        case (nil, _?), (_?, nil): return false
        }
    }
}

/// Two lists of named things, matched by their names.
private struct Matching<Element> {
    private(set) var added: [Element] = []
    private(set) var removed: [Element] = []
    private(set) var kept: [(old: Element, new: Element)] = []

    init(_ old: [Element], _ new: [Element], _ name: KeyPath<Element, String>) {
        let later = Dictionary(new.map { ($0[keyPath: name], $0) }, uniquingKeysWith: { first, _ in first })
        for element in old {
            if let match = later[element[keyPath: name]] { kept.append((element, match)) } else { removed.append(element) }
        }
        let earlier = Set(old.map { $0[keyPath: name] })
        added = new.filter { !earlier.contains($0[keyPath: name]) }
    }
}

extension ConstantValue {
    /// The same value with the fields of its objects in the order of their names: that they stand in another order changes nothing.
    fileprivate var sortingFields: ConstantValue {
        switch self {
        case .list(let items): .list(items.map(\.sortingFields))
        case .object(let fields):
            .object(fields.map { Field(name: $0.name, value: $0.value.sortingFields) }.sorted { $0.name < $1.name })
        case .null, .int, .float, .string, .boolean, .enumeration: self
        }
    }
}
