import NIOCore

/// Reads the messages of a client from the bytes of a WebSocket (RFC 6455), in whatever pieces they come.
///
/// It keeps what is left of an unfinished frame, and of a fragmented message what has come; nothing otherwise.
struct FrameReader {
    enum Message: Equatable {
        case text([UInt8])
        case binary
        case ping([UInt8])
        case pong
        /// The client closes; `code` is nil where it gave none.
        case close(code: UInt16?)
        /// The client broke the protocol: nothing that follows can be read.
        case failure(WebSocketFailure)
    }

    private enum Opcode: UInt8 {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    private let limit: Int
    /// The beginning of a frame whose end has not come.
    private var rest: ByteBuffer?
    /// The text of the fragments that have come; nil where no message is open.
    private var fragments: [UInt8]?
    /// The open message is a binary one: its content is of no interest.
    private var isBinary = false
    private var hasFailed = false

    /// A message has at most so many bytes.
    init(limit: Int) { self.limit = limit }

    /// Whether a message or frame has begun whose end has not come.
    var isUnfinished: Bool { rest != nil || fragments != nil }

    /// Bytes came.
    mutating func add(_ bytes: ByteBuffer) {
        if hasFailed { return }
        guard rest != nil else {
            rest = bytes
            return
        }
        rest?.writeImmutableBuffer(bytes)
    }

    /// The next message, or nil where more bytes must come first.
    mutating func next() -> Message? {
        while !hasFailed, let bytes = rest {
            guard bytes.readableBytes > 0 else {
                rest = nil
                return nil
            }
            switch frame(bytes) {
            case .incomplete:
                // It may be a slice of what others hold as well, and larger than what is left.
                if bytes.readerIndex > 0 { rest?.discardReadBytes() }
                return nil
            case .failure(let failure):
                hasFailed = true
                rest = nil
                fragments = nil
                return .failure(failure)
            case .frame(let message, let length):
                rest?.moveReaderIndex(forwardBy: length)
                if let message { return message }
            }
        }
        return nil
    }

    private enum Outcome {
        case incomplete
        case failure(WebSocketFailure)
        /// A frame of so many bytes, and the message that it completes.
        case frame(Message?, length: Int)
    }

    private mutating func frame(_ bytes: ByteBuffer) -> Outcome {
        let start = bytes.readerIndex
        guard let first = bytes.getInteger(at: start, as: UInt8.self), let second = bytes.getInteger(at: start + 1, as: UInt8.self) else {
            return .incomplete
        }
        let isLast = first & 0x80 != 0
        guard first & 0x70 == 0 else { return .failure(.reservedBits) }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { return .failure(.reservedOpcode) }
        guard second & 0x80 != 0 else { return .failure(.unmasked) }
        var header = 2
        var length = Int(second & 0x7F)
        if opcode.isControl {
            guard isLast, length <= 125 else { return .failure(.invalidControlFrame) }
        } else if length == 126 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt16.self) else { return .incomplete }
            header = 4
            length = Int(long)
        } else if length == 127 {
            guard let long = bytes.getInteger(at: start + 2, as: UInt64.self) else { return .incomplete }
            header = 10
            length = Int(exactly: long) ?? Int.max
        }
        switch (opcode, fragments) {
        case (.continuation, nil): return .failure(.unexpectedContinuation)
        case (.text, .some), (.binary, .some): return .failure(.unfinishedMessage)
        default: break
        }
        guard opcode.isControl || length <= limit - (fragments?.count ?? 0) else { return .failure(.tooLarge) }
        guard bytes.readableBytes >= header + 4 + length else { return .incomplete }
        let payload = Self.unmasked(bytes, at: start + header, length)
        switch complete(opcode, isLast: isLast, payload) {
        case .success(let message): return .frame(message, length: header + 4 + length)
        case .failure(let failure): return .failure(failure)
        }
    }

    private mutating func complete(_ opcode: Opcode, isLast: Bool, _ payload: [UInt8]) -> Result<Message?, WebSocketFailure> {
        switch opcode {
        case .text where isLast: return text(payload)
        case .binary where isLast: return .success(.binary)
        case .text, .binary:
            isBinary = opcode == .binary
            fragments = payload
            return .success(nil)
        case .continuation:
            fragments?.append(contentsOf: payload)
            guard isLast, let whole = fragments else { return .success(nil) }
            fragments = nil
            return isBinary ? .success(.binary) : text(whole)
        case .ping: return .success(.ping(payload))
        case .pong: return .success(.pong)
        case .close:
            switch payload.count {
            case 0: return .success(.close(code: nil))
            case 1: return .failure(.invalidClose)
            default:
                let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
                switch code {
                case 1000...1003, 1007...1014, 3000...4999: break
                default: return .failure(.invalidClose)
                }
                guard payload.dropFirst(2).isUTF8 else { return .failure(.invalidText) }
                return .success(.close(code: code))
            }
        }
    }

    private func text(_ bytes: [UInt8]) -> Result<Message?, WebSocketFailure> {
        bytes[...].isUTF8 ? .success(.text(bytes)) : .failure(.invalidText)
    }

    /// What stands behind the mask at an index.
    private static func unmasked(_ buffer: ByteBuffer, at index: Int, _ length: Int) -> [UInt8] {
        let offset = index - buffer.readerIndex
        return buffer.withUnsafeReadableBytes { bytes in
            let mask = UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            let wide = mask | mask << 32
            let payload = UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + length)])
            return [UInt8](unsafeUninitializedCapacity: length) { target, count in
                let target = UnsafeMutableRawBufferPointer(target)
                var done = 0
                while done + 8 <= length {
                    target.storeBytes(of: payload.loadUnaligned(fromByteOffset: done, as: UInt64.self) ^ wide, toByteOffset: done, as: UInt64.self)
                    done += 8
                }
                while done < length {
                    target[done] = payload[done] ^ UInt8(truncatingIfNeeded: wide >> UInt64(8 * (done % 4)))
                    done += 1
                }
                count = length
            }
        }
    }
}

/// How a client broke the protocol of WebSockets: the code and the reason that its socket is closed with.
struct WebSocketFailure: Error, Equatable {
    let code: UInt16
    let reason: String

    private static func violation(_ reason: String) -> WebSocketFailure { WebSocketFailure(code: 1002, reason: reason) }

    // RFC 6455, sections 5.2, 5.1, 5.5 and 5.4.
    static let reservedBits = violation("Reserved bit set")
    static let reservedOpcode = violation("Reserved opcode")
    static let unmasked = violation("Frame is not masked")
    static let invalidControlFrame = violation("Control frame is fragmented or too long")
    static let unexpectedContinuation = violation("Continuation of no message")
    static let unfinishedMessage = violation("New message before the end of the last")
    static let invalidClose = violation("Invalid close frame")
    /// Section 8.1.
    static let invalidText = WebSocketFailure(code: 1007, reason: "Invalid UTF-8")
    static let tooLarge = WebSocketFailure(code: 1009, reason: "Message too large")
    static let tooSlow = WebSocketFailure(code: 1008, reason: "Message takes too long")
}

extension ArraySlice<UInt8> {
    /// Whether it is UTF-8.
    fileprivate var isUTF8: Bool {
        do {
            _ = try UTF8Span(validating: span)
            return true
        } catch {
            return false
        }
    }
}
