/// How a connection is kept open while it is silent, and how it ends in peace.
extension Session {
    /// It is time to see whether the client is there: by the host's clock, again and again.
    ///
    /// Over graphql-transport-ws that is a `ping`, and the host calls `pongTimedOut` when the client has had time to answer; over graphql-ws
    /// a `ka`, over SSE a comment, over HTTP nothing. Nothing is sent before the client has been acknowledged.
    public func keepAlive() {
        state.withLock { state in
            switch state.machine.keepAlive() {
            case .ignore: break
            case .send(let frame): send(frame, &state.machine)
            }
        }
    }

    /// The time in which the client must have answered the last `ping` is over: where it has not, closes the connection with 4408.
    public func pongTimedOut() {
        state.withLock { state in
            switch state.machine.pongTimedOut() {
            case .ignore: break
            case .close(let closing): close(closing)
            }
        }
    }

    /// The server goes away soon. Nothing new begins; each subscription is completed after what waits for it, unless its client asked for
    /// cursors and can go on elsewhere; queries and mutations that are being executed come to their end. With the last the connection closes with
    /// 1001. `drainAndClose` waits for nothing.
    public func drain() {
        state.withLock { state in
            switch state.machine.beginDrain(resumed: \.tellsCursors) {
            case .ignore: break
            case .close(let closing): close(closing)
            case .end(let endings):
                for (stopping, frame) in endings {
                    switch stopping {
                    case .running(let subscription):
                        executor.stop(subscription)
                        _ = outbox.append(.ended(handle: subscription.handle))
                    case .opening(let subscription): executor.stop(subscription)
                    case .executing(let execution): execution.cancel()
                    }
                    if let frame { send(frame, &state.machine) }
                }
                settle(&state.machine)
            }
        }
    }
}
