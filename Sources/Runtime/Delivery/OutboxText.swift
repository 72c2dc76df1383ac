extension Outbox.Output {
    /// Appends the text of a frame, whole, and says whether there is one: other outputs have none. `format` is the session's.
    public func appendText(to text: inout [UInt8], in format: WireFormat = .graphqlTransportWS) -> Bool {
        switch self {
        case .frame(let prefix, nil):
            text.append(contentsOf: prefix)
            return true
        case .frame(let prefix, let body?):
            text.append(contentsOf: prefix)
            let start = text.count
            text.append(contentsOf: body.bytes)
            end(&text, start, format)
            return true
        case .lossyFrame(let prefix, let body, let dropped):
            text.append(contentsOf: prefix)
            let start = text.count
            body.append(to: &text, dropped: dropped)
            end(&text, start, format)
            return true
        case .authenticate, .expires, .started, .ended, .response, .close: return false
        }
    }

    /// The result in `text` begins at `start`.
    private func end(_ text: inout [UInt8], _ start: Int, _ format: WireFormat) {
        if format.isOfLines { text.joinLines(from: start) }
        text.append(contentsOf: format.suffix.bytes)
    }

    /// The execution result in a frame of a subscription's.
    var result: [UInt8]? {
        switch self {
        case .frame(_, let body): return body?.bytes
        case .lossyFrame(_, let body, let dropped):
            var result: [UInt8] = []
            body.append(to: &result, dropped: dropped)
            return result
        case .authenticate, .expires, .started, .ended, .response, .close: return nil
        }
    }
}

extension SharedBody {
    /// Appends the result with the number of messages that were dropped before it, in the `extensions` that no result of a subscription
    /// has of its own.
    fileprivate func append(to text: inout [UInt8], dropped: Int) {
        // The object's own brace comes last.
        text.append(contentsOf: bytes.dropLast())
        text.append(contentsOf: ",\"extensions\":{\"subsgen\":{\"dropped\":\(dropped)}}}".utf8)
    }
}
