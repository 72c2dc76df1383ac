extension Outbox {
    /// What waits is counted by its bytes.
    enum Cost {
        /// What it takes in memory beside its bytes, about.
        private static let overhead = 32
        /// What an event's place in the bus takes, about.
        private static let cursor = 64

        static func of(_ body: SharedBody, _ subscription: Subscription) -> Int {
            // What ends the message is a byte too, or three.
            overhead + subscription.prefix.count + body.bytes.count + 1 + (subscription.tellsCursors ? cursor : 0)
        }

        static func of(_ output: Output) -> Int {
            switch output {
            case .frame(let prefix, let body): overhead + prefix.count + (body?.bytes.count ?? 0)
            case .extendedFrame(let prefix, let body, _, let isPlaced): overhead + prefix.count + body.bytes.count + 1 + (isPlaced ? cursor : 0)
            case .authenticate(let payload): overhead + (payload?.count ?? 0)
            case .response(let body, _): overhead + body.count
            case .expires, .started, .ended, .close: overhead
            }
        }
    }
}
