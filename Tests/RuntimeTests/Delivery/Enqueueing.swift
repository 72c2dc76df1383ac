@testable import SubsgenRuntime

extension Outbox {
    /// Puts a message in for a subscription that no rate limit bounds.
    func enqueue(_ body: SharedBody, for subscription: Subscription) -> Admission {
        var instant = SharedInstant()
        return enqueue(body, for: subscription, at: &instant)
    }
}
