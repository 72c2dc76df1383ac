import CHiredis
import Glibc

/// Where hiredis puts a reply: its parts stand one behind the other, and give way together to those of the next.
///
/// By itself it takes two blocks of memory for each string, of which an entry of a stream has seven: that took as long as to dispatch the event.
///
/// A reply is valid until `clear`, and its parts are of hiredis's own type. One at a time, on one thread.
struct ReplyArena {
    /// What is kept from one reply to the next at most, in bytes.
    private static let keptAtMost = 256 << 10
    private static let firstBlock = 4 << 10

    private var block: UnsafeMutableRawPointer?
    private var size = 0
    private var used = 0
    /// Blocks in which there was no room for more.
    private var full: [UnsafeMutableRawPointer] = []

    /// What hiredis is to call, with a pointer to an arena as the private data of its reader. It frees nothing: that is `clear`.
    static var functions: redisReplyObjectFunctions {
        redisReplyObjectFunctions(
            createString: { task, bytes, count in
                ReplyArena.add(task) { arena in
                    guard let copy = arena.room(for: count + 1)?.assumingMemoryBound(to: CChar.self) else { return nil }
                    if let bytes, count > 0 { memcpy(copy, bytes, count) }
                    copy[count] = 0
                    return redisReply(type: 0, integer: 0, len: count, str: copy, elements: 0, element: nil)
                }
            },
            createArray: { task, count in
                ReplyArena.add(task) { arena in
                    let count = Int(max(0, count))
                    guard let elements = arena.room(for: count * MemoryLayout<UnsafeMutablePointer<redisReply>?>.stride) else { return nil }
                    let bound = elements.bindMemory(to: UnsafeMutablePointer<redisReply>?.self, capacity: count)
                    // Until they have come: a reply that breaks off has fewer than it says.
                    bound.initialize(repeating: nil, count: count)
                    return redisReply(type: 0, integer: 0, len: 0, str: nil, elements: count, element: bound)
                }
            },
            createInteger: { task, number in
                ReplyArena.add(task) { _ in redisReply(type: 0, integer: number, len: 0, str: nil, elements: 0, element: nil) }
            },
            createNil: { task in
                ReplyArena.add(task) { _ in redisReply(type: 0, integer: 0, len: 0, str: nil, elements: 0, element: nil) }
            },
            freeObject: { _ in })
    }

    /// A part of a reply, where its parent finds it. Nil where there is no memory, which hiredis makes an error of the connection.
    private static func add(_ task: UnsafePointer<redisReadTask>?, _ make: (inout ReplyArena) -> redisReply?) -> UnsafeMutableRawPointer? {
        guard let task, let arena = task.pointee.privdata?.assumingMemoryBound(to: ReplyArena.self) else { return nil }
        guard var reply = make(&arena.pointee), let place = arena.pointee.room(for: MemoryLayout<redisReply>.stride) else { return nil }
        reply.type = task.pointee.type
        let made = place.bindMemory(to: redisReply.self, capacity: 1)
        made.initialize(to: reply)
        if let parent = task.pointee.parent?.pointee.obj?.assumingMemoryBound(to: redisReply.self) {
            parent.pointee.element[Int(task.pointee.idx)] = made
        }
        return place
    }

    private mutating func room(for count: Int) -> UnsafeMutableRawPointer? {
        let start = (used + 7) & ~7
        if let block, start <= size, count <= size - start {
            used = start + count
            return block + start
        }
        let wanted = max(count, block == nil ? Self.firstBlock : min(2 * size, Self.keptAtMost))
        guard let fresh = malloc(wanted) else { return nil }
        if let block { full.append(block) }
        (block, size, used) = (fresh, wanted, count)
        return fresh
    }

    /// Forgets the reply. The last block is kept, if it is not too large: it has room for the next reply of the kind.
    mutating func clear() {
        used = 0
        if !full.isEmpty {
            for block in full { free(block) }
            full.removeAll(keepingCapacity: true)
        }
        if size > Self.keptAtMost { freeAll() }
    }

    /// Gives all memory back.
    mutating func freeAll() {
        for block in full { free(block) }
        free(block)
        self = ReplyArena()
    }
}
