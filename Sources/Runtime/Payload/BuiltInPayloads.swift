// What GraphQL's built-in types are in Swift, by the spec's rules of result coercion (section 3.5).

extension String: EventPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        guard let text = value.string else { throw .expected("a String", found: value) }
        self = text
    }

    public func write(into writer: inout JSONWriter) { writer.string(self) }
}

/// GraphQL's Int: 32 bits (spec section 3.5.1).
extension Int32: EventPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        if let number = value.integer.flatMap({ Int32(exactly: $0) }) {
            self = number
        } else if let number = value.double.flatMap({ Int32(exactly: $0) }) {
            // 1.0 is an integer that some encoder wrote as it writes every number.
            self = number
        } else {
            throw .expected("an Int of 32 bits", found: value)
        }
    }

    public func write(into writer: inout JSONWriter) { writer.integer(self) }
}

/// GraphQL's Float. Infinities and NaN, which JSON does not have, are written as null.
extension Double: EventPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        guard let number = value.double, number.isFinite else { throw .expected("a finite Float", found: value) }
        self = number
    }

    public func write(into writer: inout JSONWriter) { writer.double(self) }
}

extension Bool: EventPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        guard let boolean = value.boolean else { throw .expected("a Boolean", found: value) }
        self = boolean
    }

    public func write(into writer: inout JSONWriter) { writer.boolean(self) }
}

/// GraphQL's ID: a string that nobody looks into. An integer in JSON is taken as its digits, and always written as a string.
public struct ID: EventPayload, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public var rawValue: String

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public init(stringLiteral value: String) { rawValue = value }

    public init(decoding value: JSONValue) throws(PayloadError) {
        if let text = value.string {
            rawValue = text
        } else if let digits = value.numberText, digits.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0 &- 0x30 < 10 }) {
            rawValue = digits
        } else {
            throw .expected("an ID", found: value)
        }
    }

    public func write(into writer: inout JSONWriter) { writer.string(rawValue) }

    public var description: String { rawValue }
}

extension Optional: EventPayload where Wrapped: EventPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        self = value.isNull ? nil : try Wrapped(decoding: value)
    }

    public func write(into writer: inout JSONWriter) {
        if let self { self.write(into: &writer) } else { writer.null() }
    }
}

extension Array: EventPayload where Element: EventPayload {
    public init(decoding value: JSONValue) throws(PayloadError) {
        guard value.kind == .array else { throw .expected("a list", found: value) }
        self = []
        for (position, element) in value.elements.enumerated() {
            do throws(PayloadError) {
                append(try Element(decoding: element))
            } catch {
                throw error.inside(.index(position))
            }
        }
    }

    public func write(into writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.write(into: &writer) }
        writer.endArray()
    }
}
