extension Outbox {
    /// What waits is counted by its bytes.
    enum Cost {
        /// What it takes in memory beside its bytes, about.
        private static let overhead = 32

        static func of(_ body: SharedBody, _ subscription: Subscription) -> Int {
            // What ends the message is a byte too, or three.
            overhead + subscription.prefix.count + body.bytes.count + 1
        }

        static func of(_ output: Output) -> Int {
            switch output {
            case .frame(let prefix, let body): overhead + prefix.count + (body?.bytes.count ?? 0)
            case .lossyFrame(let prefix, let body, _): overhead + prefix.count + body.bytes.count + 1
            case .authenticate(let payload): overhead + (payload?.count ?? 0)
            case .response(let body, _): overhead + body.count
            case .expires, .started, .ended, .close: overhead
            }
        }
    }
}
