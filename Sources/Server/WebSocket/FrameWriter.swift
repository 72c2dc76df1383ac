import NIOCore
import SubsgenRuntime

/// Writes the frames of a server's WebSocket: whole messages, unmasked (RFC 6455, section 5.2).
extension ByteBuffer {
    /// Appends a text frame with what the runtime has to send; false where the output is nothing to send. `spare` is room for texts whose
    /// length is known only when they are written.
    mutating func writeFrame(_ output: Outbox.Output, in format: WireFormat, spare: inout [UInt8]) -> Bool {
        switch output {
        case .frame(let prefix, nil):
            writeHeader(.text, length: prefix.count)
            writeBytes(prefix)
        case .frame(let prefix, let body?):
            let suffix = format.suffix
            writeHeader(.text, length: prefix.count + body.bytes.count + suffix.utf8CodeUnitCount)
            writeBytes(prefix)
            writeBytes(body.bytes)
            writeStaticString(suffix)
        case .extendedFrame:
            spare.removeAll(keepingCapacity: true)
            _ = output.appendText(to: &spare, in: format)
            writeHeader(.text, length: spare.count)
            writeBytes(spare)
        case .authenticate, .expires, .started, .ended, .response, .close: return false
        }
        return true
    }

    /// Appends a pong with what came in the ping.
    mutating func writePong(_ payload: [UInt8]) {
        writeHeader(.pong, length: payload.count)
        writeBytes(payload)
    }

    /// Appends a close frame. A reason that does not fit is cut.
    mutating func writeClose(code: UInt16?, reason: String = "") {
        guard let code else { return writeHeader(.close, length: 0) }
        let reason = reason.utf8.count <= 123 ? reason : ""
        writeHeader(.close, length: 2 + reason.utf8.count)
        writeInteger(code)
        writeString(reason)
    }

    private enum Opcode: UInt8 {
        case text = 0x81
        case close = 0x88
        case pong = 0x8A
    }

    private mutating func writeHeader(_ opcode: Opcode, length: Int) {
        if length <= 125 {
            writeInteger(UInt16(opcode.rawValue) << 8 | UInt16(length))
        } else if length <= 0xFFFF {
            writeInteger(UInt32(opcode.rawValue) << 24 | 126 << 16 | UInt32(length))
        } else {
            writeInteger(opcode.rawValue)
            writeInteger(UInt8(127))
            writeInteger(UInt64(length))
        }
    }
}
