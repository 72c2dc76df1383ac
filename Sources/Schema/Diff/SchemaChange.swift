/// A difference between two versions of a schema.
public struct SchemaChange: Sendable, Hashable {
    /// What a change does to those who were there before.
    public enum Criticality: String, Sendable, CaseIterable {
        /// Operations that were valid, events that were delivered, or code that was written may fail.
        case breaking
        /// Nothing fails, but something may behave in another way.
        case dangerous
        case safe
    }

    /// What was changed: a name of the GraphQL reference implementation, or one of subsgen's own.
    public enum Kind: String, Sendable, CaseIterable {
        case typeRemoved = "TYPE_REMOVED"
        case typeChangedKind = "TYPE_CHANGED_KIND"
        case typeRemovedFromUnion = "TYPE_REMOVED_FROM_UNION"
        case valueRemovedFromEnum = "VALUE_REMOVED_FROM_ENUM"
        case requiredInputFieldAdded = "REQUIRED_INPUT_FIELD_ADDED"
        case implementedInterfaceRemoved = "IMPLEMENTED_INTERFACE_REMOVED"
        case fieldRemoved = "FIELD_REMOVED"
        case fieldChangedKind = "FIELD_CHANGED_KIND"
        case requiredArgumentAdded = "REQUIRED_ARG_ADDED"
        case argumentRemoved = "ARG_REMOVED"
        case argumentChangedKind = "ARG_CHANGED_KIND"
        case directiveRemoved = "DIRECTIVE_REMOVED"
        case directiveArgumentRemoved = "DIRECTIVE_ARG_REMOVED"
        case requiredDirectiveArgumentAdded = "REQUIRED_DIRECTIVE_ARG_ADDED"
        case directiveRepeatableRemoved = "DIRECTIVE_REPEATABLE_REMOVED"
        case directiveLocationRemoved = "DIRECTIVE_LOCATION_REMOVED"

        case valueAddedToEnum = "VALUE_ADDED_TO_ENUM"
        case typeAddedToUnion = "TYPE_ADDED_TO_UNION"
        case optionalInputFieldAdded = "OPTIONAL_INPUT_FIELD_ADDED"
        case optionalArgumentAdded = "OPTIONAL_ARG_ADDED"
        case implementedInterfaceAdded = "IMPLEMENTED_INTERFACE_ADDED"
        case argumentDefaultValueChange = "ARG_DEFAULT_VALUE_CHANGE"
        case inputFieldDefaultValueChange = "INPUT_FIELD_DEFAULT_VALUE_CHANGE"

        case typeAdded = "TYPE_ADDED"
        case fieldAdded = "FIELD_ADDED"
        case directiveAdded = "DIRECTIVE_ADDED"
        case optionalDirectiveArgumentAdded = "OPTIONAL_DIRECTIVE_ARG_ADDED"
        case directiveRepeatableAdded = "DIRECTIVE_REPEATABLE_ADDED"
        case directiveLocationAdded = "DIRECTIVE_LOCATION_ADDED"
        case fieldChangedKindSafe = "FIELD_CHANGED_KIND_SAFE"
        case argumentChangedKindSafe = "ARG_CHANGED_KIND_SAFE"
        case argumentDefaultValueAdded = "ARG_DEFAULT_VALUE_ADDED"
        case inputFieldDefaultValueAdded = "INPUT_FIELD_DEFAULT_VALUE_ADDED"
        case descriptionChanged = "DESCRIPTION_CHANGED"

        // What only subsgen knows of.
        /// Events of the field have another topic: breaking for who publishes to the old one.
        case topicChanged = "TOPIC_CHANGED"
        /// The argument no longer selects events.
        case filterRemoved = "FILTER_REMOVED"
        /// The argument was the resolver's; now a subscription that gives it is refused.
        case resolverArgumentRemoved = "RESOLVER_ARGUMENT_REMOVED"
        /// The argument selects events, and did not.
        case filterAdded = "FILTER_ADDED"
        /// The argument selects other events.
        case filterChanged = "FILTER_CHANGED"
        /// The argument is the resolver's; a subscription that gave it was refused.
        case resolverArgumentAdded = "RESOLVER_ARGUMENT_ADDED"
        /// Something is protected by a rule more: who could see it may be denied.
        case ruleAdded = "RULE_ADDED"
        /// A rule compares something else, or grants it to others.
        case ruleChanged = "RULE_CHANGED"
        /// Something is protected by a rule less: more may see it.
        case ruleRemoved = "RULE_REMOVED"
        /// Other rates bound how many events of the field reach a subscriber.
        case rateLimitChanged = "RATE_LIMIT_CHANGED"
        /// Something else becomes of messages that a client is too slow for.
        case overflowChanged = "OVERFLOW_CHANGED"

        public var criticality: Criticality {
            switch self {
            case .typeRemoved, .typeChangedKind, .typeRemovedFromUnion, .valueRemovedFromEnum, .requiredInputFieldAdded,
                .implementedInterfaceRemoved, .fieldRemoved, .fieldChangedKind, .requiredArgumentAdded, .argumentRemoved,
                .argumentChangedKind, .directiveRemoved, .directiveArgumentRemoved, .requiredDirectiveArgumentAdded,
                .directiveRepeatableRemoved, .directiveLocationRemoved, .topicChanged, .filterRemoved, .resolverArgumentRemoved,
                .ruleAdded, .ruleChanged:
                .breaking
            case .valueAddedToEnum, .typeAddedToUnion, .optionalInputFieldAdded, .optionalArgumentAdded, .implementedInterfaceAdded,
                .argumentDefaultValueChange, .inputFieldDefaultValueChange, .filterAdded, .filterChanged,
                .ruleRemoved, .rateLimitChanged, .overflowChanged:
                .dangerous
            case .typeAdded, .fieldAdded, .directiveAdded, .optionalDirectiveArgumentAdded, .directiveRepeatableAdded,
                .directiveLocationAdded, .fieldChangedKindSafe, .argumentChangedKindSafe, .argumentDefaultValueAdded,
                .inputFieldDefaultValueAdded, .descriptionChanged, .resolverArgumentAdded:
                .safe
            }
        }
    }

    /// What a change is about.
    public enum Subject: Sendable, Hashable {
        case type(String)
        /// A field, input field or enum value, or an argument of the field.
        case member(type: String, String)
        case directive(String)
    }

    public let kind: Kind
    /// One sentence, in the words of the reference implementation where it has some.
    public let description: String
    public let subject: Subject
    /// Of `@internal` fields and types: no client sees the change, but publishers and resolvers do.
    public let isInternal: Bool

    init(_ kind: Kind, _ description: String, of subject: Subject, isInternal: Bool = false) {
        self.kind = kind
        self.description = description
        self.subject = subject
        self.isInternal = isInternal
    }

    public var criticality: Criticality { kind.criticality }
}
