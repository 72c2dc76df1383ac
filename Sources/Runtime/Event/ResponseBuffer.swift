/// Bytes that are being written: in scratch memory that the caller lends while they are few, on the heap when they are many.
///
/// Where it ends up in an array, that is exactly as large as it must be: responses wait in outboxes.
struct ResponseBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var ownsMemory = false
    /// How many bytes have been written.
    private(set) var count = 0

    /// A buffer that begins in `scratch`, which must live as long as it.
    init(scratch: UnsafeMutableRawBufferPointer) {
        if let base = scratch.baseAddress, scratch.count > 0 {
            self.base = base
            capacity = scratch.count
        } else {
            capacity = 1024
            base = .allocate(byteCount: capacity, alignment: 1)
            ownsMemory = true
        }
    }

    deinit {
        if ownsMemory { base.deallocate() }
    }

    /// Appends `length` bytes.
    @inline(__always)
    mutating func append(_ source: UnsafeRawPointer, _ length: Int) {
        if capacity &- count < length { grow(by: length) }
        (base + count).copyMemory(from: source, byteCount: length)
        count &+= length
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { if let source = $0.baseAddress { append(source, $0.count) } }
    }

    /// Takes back what was written after the first `count` bytes.
    mutating func truncate(to count: Int) {
        self.count = min(self.count, count)
    }

    /// What was written.
    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: base, count: count)) }

    @inline(never)
    private mutating func grow(by length: Int) {
        let larger = max(capacity * 2, count + length)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 1)
        memory.copyMemory(from: base, byteCount: count)
        if ownsMemory { base.deallocate() }
        base = memory
        capacity = larger
        ownsMemory = true
    }
}
