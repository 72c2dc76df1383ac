import SDLParser

/// What `extensions.code` of an error says to a client that may not have something.
enum DenialCode: String, Sendable {
    /// Nobody knows who it is.
    case unauthenticated = "UNAUTHENTICATED"
    case forbidden = "FORBIDDEN"
    /// More came than it may have in the time.
    case rateLimited = "RATE_LIMITED"

    /// The error's `extensions`.
    var extensions: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        writer.string(rawValue)
        writer.endObject()
        return writer.bytes
    }
}

/// That a subscription may not begin, and why.
public struct SubscriptionDenial: Error, Sendable {
    /// Which rule denies it; clients are not told.
    let rule: DenialRule
    /// What the rule protects, as a schema coordinate: `Subscription.orderCreated`, or a field that is selected of its events.
    public let coordinate: String
    /// What the client is told.
    public let errors: GraphQLErrors
}

extension ProjectionPlan {
    /// The denial of a subscription as such: one error at the root field, which says no more than that.
    func denial(by rule: DenialRule, at layout: DocumentLayout) -> SubscriptionDenial {
        let code: DenialCode = rule == .authenticated ? .unauthenticated : .forbidden
        let fields = root.fields.map { descriptions[$0] }
        let name = fields.first?.name ?? ""
        let message = "You may not subscribe to \"\(name)\"."
        let errors = fields.map { FieldError(message, at: $0, code).located(in: layout) }
        return SubscriptionDenial(
            rule: rule, coordinate: fields.first?.coordinate ?? name,
            errors: GraphQLErrors(errors) ?? GraphQLErrors(GraphQLError(message, extensions: code.extensions)))
    }

    /// The denial of a subscription for a field in it that would be masked.
    func denial(by mask: PlannedMask, at layout: DocumentLayout) -> SubscriptionDenial {
        let locations = mask.offsets.map { layout.location(at: $0) }
        return SubscriptionDenial(
            rule: mask.rule, coordinate: mask.coordinate,
            errors: GraphQLErrors(GraphQLError(PlannedMask.message(mask.coordinate), locations: locations, extensions: DenialCode.forbidden.extensions)))
    }
}

/// A selected field whose values are null and an error for a class of subscribers, or are where they have a type that the class may not see.
struct PlannedMask: Sendable {
    /// `User.name`
    let coordinate: String
    /// Why.
    let rule: DenialRule
    /// Where the operation asks for it; see `FieldDescription`.
    let offsets: [UInt32]

    /// What clients are told of a masked field.
    static func message(_ coordinate: String) -> String { "You may not see \"\(coordinate)\"." }
}
