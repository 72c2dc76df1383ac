/// 128 bits by which contents are told apart: several bytes a cycle, where SHA-256 takes several cycles a byte.
///
/// Nobody comes upon two contents of one fingerprint by chance. One who sets out to make them might; all that he gains is that a run of
/// his own takes a file of his for up to date.
struct Fingerprint {
    private var low: UInt64 = 0x243F_6A88_85A3_08D3
    private var high: UInt64 = 0x1319_8A2E_0370_7344

    /// Of nothing yet.
    init() {}

    init(of bytes: some Collection<UInt8>) {
        append(bytes)
    }

    /// Takes in some bytes and where they end: `ab` and `c` are others than `a` and `bc`.
    mutating func append(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { append(buffer: UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { append(buffer: $0) } }
    }

    private mutating func append(buffer: UnsafeRawBufferPointer) {
        append(UInt64(buffer.count), 0)
        var index = 0
        while index &+ 16 <= buffer.count {
            append(buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self), buffer.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self))
            index &+= 16
        }
        var rest: (UInt64, UInt64) = (0, 0)
        for (position, byte) in buffer[index...].enumerated() {
            let shifted = UInt64(byte) &<< UInt64(position % 8 * 8)
            if position < 8 { rest.0 |= shifted } else { rest.1 |= shifted }
        }
        append(rest.0, rest.1)
    }

    @inline(__always)
    private mutating func append(_ first: UInt64, _ second: UInt64) {
        (low, high) = (
            Self.mixed(low ^ first, second ^ 0xA409_3822_299F_31D0) ^ high, Self.mixed(high ^ second, first ^ 0x082E_FA98_EC4E_6C89) &+ low
        )
    }

    /// The halves of the product, folded: each bit of it depends on nearly all of both factors.
    @inline(__always)
    private static func mixed(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = first.multipliedFullWidth(by: second)
        return product.high ^ product.low
    }
}

extension Fingerprint {
    typealias Digits = String

    /// In 32 hexadecimal digits.
    var digits: Digits {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}
