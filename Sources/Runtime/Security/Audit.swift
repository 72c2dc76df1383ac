/// What is told of denials: which rule, of what, and whom. Each is counted where it happens.
extension Journal {
    /// A subscription may not begin.
    func note(_ denial: SubscriptionDenial, _ subscriber: Subscriber, topic: String? = nil) {
        note(.subscriptionDenied, denial.coordinate, rule: denial.rule.rawValue, of: { subscriber.logged }, topic: topic)
    }

    /// A subscription may begin without some of its fields.
    func note(_ masks: [PlannedMask], _ subscriber: Subscriber, topic: String) {
        for mask in masks { note(.fieldMasked, mask.coordinate, rule: mask.rule.rawValue, of: { subscriber.logged }, topic: topic) }
    }

    /// An event was denied to subscriptions of a topic, of which one is to this field.
    func note(_ denied: DeniedPairs, _ field: String, topic: String?) {
        for kind in EventRights.Kind.allCases where denied[kind] > 0 { note(.eventDenied, field, rule: kind.rule.rawValue, topic: topic) }
    }

    /// Objects in an event are null for a group of subscriptions.
    func note(_ masked: MaskedObjects, topic: String?) {
        for kind in EventRights.Kind.allCases where masked.objects[kind] > 0 {
            note(.objectMasked, masked.coordinate, rule: kind.rule.rawValue, topic: topic)
        }
    }
}

/// Objects in one message that rules of the schema have put null in the place of.
final class MaskedObjects: Sendable {
    /// How many, by the kind of rule.
    let objects: DeniedPairs
    /// The field that the first of them stands in: `Order.customer`.
    let coordinate: String

    /// These, and one more.
    init(_ others: MaskedObjects?, and kind: EventRights.Kind, at coordinate: String) {
        var objects = others?.objects ?? DeniedPairs()
        objects[kind] += 1
        self.objects = objects
        self.coordinate = others?.coordinate ?? coordinate
    }
}

extension Metrics {
    func add(_ masked: MaskedObjects) {
        for kind in EventRights.Kind.allCases { add(kind.maskedObjects, masked.objects[kind]) }
    }
}

extension Subscriber {
    /// Who it is, for records.
    var logged: LogRecord.Subscriber { LogRecord.Subscriber(user: claims?.userID, connection: connection) }
}

extension LogRecord.Kind {
    /// What denies, where a kind of record is about one rule alone.
    var rule: String? {
        switch self {
        case .rateLimit: "rate_limit"
        case .messageRate: "message_rate"
        case .messageLimit, .connectionLimit, .resolverLimit, .subscriptionDenied, .fieldMasked, .eventDenied, .objectMasked, .busDisconnected, .busReconnected, .busGap,
            .eventUnreadable, .ratesApart, .eventPutAside:
            nil
        }
    }
}
