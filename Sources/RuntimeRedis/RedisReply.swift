import CHiredis

/// A reply where hiredis has it. It is valid while the function that was given it runs, and no longer: what is kept of it is copied.
struct RedisReply {
    private let reply: redisReply

    init(_ reply: redisReply) { self.reply = reply }

    /// What the server refused the command with, `OOM command not allowed ...`; nil where it did what it was told.
    var error: String? { reply.type == REDIS_REPLY_ERROR ? String(decoding: string, as: UTF8.self) : nil }

    /// The bytes of a string or of a status; nil for what is none.
    var bytes: UnsafeRawBufferPointer? { reply.type == REDIS_REPLY_STRING || reply.type == REDIS_REPLY_STATUS ? string : nil }

    /// The same as text; nil also where the bytes are no UTF-8.
    var text: String? { bytes.flatMap { String(validating: $0, as: UTF8.self) } }

    /// A number; nil for what is none.
    var integer: Int? { reply.type == REDIS_REPLY_INTEGER ? Int(reply.integer) : nil }

    /// How many replies this one is made of: none where it is no array.
    var count: Int { reply.type == REDIS_REPLY_ARRAY && reply.element != nil ? reply.elements : 0 }

    /// One of those, nil where there are not so many.
    func element(_ index: Int) -> RedisReply? {
        guard index >= 0, index < count, let element = reply.element[index] else { return nil }
        return RedisReply(element.pointee)
    }

    private var string: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len) }
}
