/// The meaning of string literals (spec section 2.9.4). The parser's owner fills this in.
enum StringValue {
    static func decode(_ bytes: [UInt8], span: SourceSpan, isBlock: Bool, hasEscapes: Bool) -> String {
        String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }
}
