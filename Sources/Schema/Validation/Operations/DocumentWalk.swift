import SDLParser

/// A variable where it is used, and what is expected there; nil where nothing is known to be.
struct VariableUsage {
    let name: String
    let place: SourceSpan
    let position: InputPosition?
}

/// A place for an input value.
struct InputPosition {
    let type: TypeReference
    /// Whether the place has a default, which stands in for an absent value.
    var hasDefault = false
    /// The `@oneOf` type of which it is a field.
    var oneOf: TypeID?

    init(_ definition: InputValueDefinition, of oneOf: TypeID? = nil) {
        type = definition.type
        hasDefault = definition.defaultValue != nil
        self.oneOf = oneOf
    }

    init(_ type: TypeReference) {
        self.type = type
    }
}

/// Walks every definition once, with the types that belong to it, and hands each part to the rules that speak of it.
///
/// It recurses as deep as the parser let the document nest; it does not follow spreads.
struct DocumentWalk {
    let document: OperationDocument
    private(set) var report: OperationReport
    /// The variables that each operation and each fragment uses itself, not through the fragments that it spreads.
    private(set) var operationUsages: [[VariableUsage]]
    private(set) var fragmentUsages: [[VariableUsage]]
    /// Those of the definition that is being walked.
    private var usages: [VariableUsage] = []
    private var overlappingFields: OverlappingFieldsCanBeMergedRule
    /// Nil where fragments spread themselves: then nothing can be said of depth.
    private var introspectionDepth: MaxIntrospectionDepthRule?

    init(_ document: OperationDocument, _ report: OperationReport, hasFragmentCycles: Bool) {
        self.document = document
        self.report = report
        operationUsages = Array(repeating: [], count: document.operations.count)
        fragmentUsages = Array(repeating: [], count: document.fragments.count)
        overlappingFields = OverlappingFieldsCanBeMergedRule(document)
        introspectionDepth = hasFragmentCycles ? nil : MaxIntrospectionDepthRule(document)
    }

    mutating func walk() {
        for definition in document.definitions {
            switch definition {
            case .operation(let index):
                operation(document.operations[index])
                operationUsages[index] = usages
            case .fragment(let index):
                fragment(document.fragments[index])
                fragmentUsages[index] = usages
            }
            usages = []
        }
    }

    // MARK: Definitions

    private mutating func operation(_ operation: OperationDefinitionSyntax) {
        let variables = operation.variableDefinitions
        UniqueVariableNamesRule.check(variables, &report)
        for variable in variables { self.variable(variable) }
        directives(operation.directives, on: ExecutableDirectiveLocation(operation.operation))
        selections(operation.selectionSet, of: document.schema.rootType(for: operation.operation))
    }

    private mutating func variable(_ variable: VariableDefinitionSyntax) {
        KnownTypeNamesRule.check(variable.type.named, document, &report)
        VariablesAreInputTypesRule.check(variable, document, &report)
        directives(variable.directives, on: .variableDefinition)
        if let value = variable.defaultValue {
            let type = document.type(variable.type).flatMap { document.schema[$0.named].isInput ? $0 : nil }
            self.value(value, at: type.map { InputPosition($0) })
        }
    }

    private mutating func fragment(_ fragment: FragmentDefinitionSyntax) {
        KnownTypeNamesRule.check(fragment.typeCondition, document, &report)
        FragmentsOnCompositeTypesRule.check(fragment, document, &report)
        directives(fragment.directives, on: .fragmentDefinition)
        selections(fragment.selectionSet, of: document.compositeType(fragment.typeCondition))
    }

    // MARK: Selections

    /// `parent` is nil where it is not known on what is selected, which has been reported.
    private mutating func selections(_ set: SelectionSetSyntax?, of parent: TypeID?) {
        guard let set, !report.isFull else { return }
        overlappingFields.check(set, of: parent, &report)
        for selection in set.selections {
            switch selection {
            case .field(let field): self.field(field, of: parent)
            case .fragmentSpread(let spread): self.spread(spread, in: parent)
            case .inlineFragment(let fragment): inlineFragment(fragment, in: parent)
            }
        }
    }

    private mutating func field(_ field: FieldSyntax, of parent: TypeID?) {
        let definition = parent.flatMap { document.field(named: field.name, of: $0) }
        check(field, definition, of: parent)
        directives(field.directives, on: .field)
        let inner = definition?.type.named
        selections(field.selectionSet, of: inner.flatMap { document.schema[$0].isComposite ? $0 : nil })
    }

    private mutating func check(_ field: FieldSyntax, _ definition: FieldDefinition?, of parent: TypeID?) {
        let arguments = field.arguments
        UniqueArgumentNamesRule.check(arguments, &report)
        guard let parent, let definition else {
            if let parent { FieldsOnCorrectTypeRule.refuse(field, of: parent, document, &report) }
            return values(of: arguments, nil)
        }
        introspectionDepth?.check(field, &report)
        ScalarLeafsRule.check(field, of: definition.type, document, &report)
        KnownArgumentNamesRule.check(arguments, of: definition, parent, document, &report)
        ProvidedRequiredArgumentsRule.check(field, arguments, definition, document, &report)
        values(of: arguments, definition.arguments)
    }

    private mutating func spread(_ spread: FragmentSpreadSyntax, in parent: TypeID?) {
        if let fragment = document.fragment(named: spread.name) {
            PossibleFragmentSpreadsRule.check(spread, of: document.fragments[fragment], in: parent, document, &report)
        } else {
            KnownFragmentNamesRule.refuse(spread, &report)
        }
        directives(spread.directives, on: .fragmentSpread)
    }

    private mutating func inlineFragment(_ fragment: InlineFragmentSyntax, in parent: TypeID?) {
        var type = parent
        if let condition = fragment.typeCondition {
            KnownTypeNamesRule.check(condition, document, &report)
            FragmentsOnCompositeTypesRule.check(condition, document, &report)
            type = document.compositeType(condition)
            PossibleFragmentSpreadsRule.check(fragment, on: type, in: parent, document, &report)
        }
        directives(fragment.directives, on: .inlineFragment)
        selections(fragment.selectionSet, of: type)
    }

    // MARK: Directives, arguments and values

    private mutating func directives(_ directives: [DirectiveSyntax], on location: ExecutableDirectiveLocation) {
        if directives.isEmpty { return }
        UniqueDirectivesPerLocationRule.check(directives, document, &report)
        for directive in directives {
            let arguments = directive.arguments
            UniqueArgumentNamesRule.check(arguments, &report)
            guard let definition = document.schema.publicDirective(named: directive.name) else {
                KnownDirectivesRule.refuse(directive, &report)
                values(of: arguments, nil)
                continue
            }
            KnownDirectivesRule.check(directive, definition, on: location, &report)
            KnownArgumentNamesRule.check(arguments, of: definition, &report)
            ProvidedRequiredArgumentsRule.check(directive, arguments, definition, document, &report)
            values(of: arguments, definition.arguments)
        }
    }

    private mutating func values(of arguments: [ArgumentSyntax], _ definitions: [InputValueDefinition]?) {
        for argument in arguments {
            let definition = definitions?.first { $0.name == argument.name }
            value(argument.value, at: definition.map { InputPosition($0) })
        }
    }

    private mutating func value(_ value: ValueSyntax, at position: InputPosition?) {
        if let position { ValuesOfCorrectTypeRule.check(value, as: position.type, document, &report) }
        parts(of: value, at: position)
    }

    /// What is said of values whatever their type, and which variables are in them. The place of each part is known as far as the
    /// types say so.
    private mutating func parts(of value: ValueSyntax, at position: InputPosition?) {
        switch value.node.kind {
        case .variable: usages.append(VariableUsage(name: value.name, place: value.span, position: position))
        case .listValue:
            guard case .list(let items) = value.content else { return }
            // Of a value that takes the place of a list, or of a custom scalar, the same is expected as of itself.
            let element = position.map { InputPosition($0.type.element ?? $0.type.nullable) }
            for item in items { parts(of: item, at: element) }
        case .objectValue:
            guard case .object(let fields) = value.content else { return }
            UniqueInputFieldNamesRule.check(fields, &report)
            for field in fields { parts(of: field.value, at: position.flatMap { self.position(of: field, in: $0.type.named) }) }
        default: return
        }
    }

    private func position(of field: ObjectFieldSyntax, in type: TypeID) -> InputPosition? {
        let definition = document.schema[type]
        return definition.inputField(named: field.name).map { InputPosition($0, of: definition.isOneOf ? type : nil) }
    }
}

/// The places of executable documents where a directive may stand (spec section 3.13, ExecutableDirectiveLocation).
enum ExecutableDirectiveLocation: String {
    case query = "QUERY"
    case mutation = "MUTATION"
    case subscription = "SUBSCRIPTION"
    case field = "FIELD"
    case fragmentDefinition = "FRAGMENT_DEFINITION"
    case fragmentSpread = "FRAGMENT_SPREAD"
    case inlineFragment = "INLINE_FRAGMENT"
    case variableDefinition = "VARIABLE_DEFINITION"

    init(_ operation: OperationType) {
        switch operation {
        case .query: self = .query
        case .mutation: self = .mutation
        case .subscription: self = .subscription
        }
    }
}
