/// A subscription that a client asked for, whoever the client is: valid and within the limits, its variables coerced.
/// `OperationCompiler.decide` makes of it what a subscriber may have.
public final class SubscriptionDraft: Sendable {
    let text: OperationText
    /// The node of the operation.
    let operation: Int
    let variables: CoercedVariables

    init(_ text: OperationText, operation: Int, _ variables: CoercedVariables) {
        self.text = text
        self.operation = operation
        self.variables = variables
    }
}

/// What a subscriber may have of what it asked for.
public enum SubscriptionDecision: Sendable {
    /// It may begin, with what it may not see masked.
    case allowed(SubscriptionRequest)
    /// It may not begin.
    case denied(SubscriptionDenial)
    /// These policies decide; `Subscriber.policies` does not say whether they are granted.
    case undecided(SubscriptionDraft, policies: [String])
}
