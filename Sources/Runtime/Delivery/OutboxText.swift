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
        case .extendedFrame(let prefix, let body, let dropped, let isPlaced):
            let cursor = isPlaced ? body.cursor : nil
            // A browser's EventSource sends it back as `Last-Event-ID` when it connects again.
            if format == .sse, let cursor { text.append(contentsOf: "id: \(cursor)\n".utf8) }
            text.append(contentsOf: prefix)
            let start = text.count
            body.append(to: &text, dropped: dropped, cursor)
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
        case .extendedFrame(_, let body, let dropped, let isPlaced):
            var result: [UInt8] = []
            body.append(to: &result, dropped: dropped, isPlaced ? body.cursor : nil)
            return result
        case .authenticate, .expires, .started, .ended, .response, .close: return nil
        }
    }
}

extension SharedBody {
    /// Appends the result with the number of messages that were dropped before it, if there were some, and the event's place in the bus, in the
    /// `extensions` that no result of a subscription has of its own.
    fileprivate func append(to text: inout [UInt8], dropped: Int, _ cursor: Cursor?) {
        // The object's own brace comes last.
        text.append(contentsOf: bytes.dropLast())
        text.append(contentsOf: ",\"extensions\":{".utf8)
        if dropped > 0 { text.append(contentsOf: "\"subsgen\":{\"dropped\":\(dropped)}".utf8) }
        if let cursor { text.append(contentsOf: "\(dropped > 0 ? "," : "")\"cursor\":\"\(cursor)\"".utf8) }
        text.append(contentsOf: "}}".utf8)
    }
}
