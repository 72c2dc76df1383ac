import Glibc
import Synchronization

/// Numbers that any thread may add to. Each is exact.
///
/// Threads add in different cache lines, or two that publish would spend more time on these lines than on counting: a number is the
/// sum of its stripes.
final class StripedNumbers: Sendable {
    /// A power of two, above the number of threads that publish at once on most machines; more of them share.
    private static let stripes = 16
    /// Processors fetch lines of eight numbers in pairs: nothing else is in those of a stripe.
    private static let padding = 16

    private let count: Int
    /// From the start of one stripe to the next.
    private let stride: Int
    /// `nonisolated(unsafe)`: set once; what it points to are atomics, which live as long as this.
    nonisolated(unsafe) private let numbers: UnsafeMutablePointer<Atomic<Int>>

    init(count: Int) {
        self.count = count
        stride = count + Self.padding
        numbers = .allocate(capacity: Self.stripes * stride + Self.padding)
        for number in 0..<(Self.stripes * stride + Self.padding) { (numbers + number).initialize(to: Atomic(0)) }
    }

    deinit {
        numbers.deinitialize(count: Self.stripes * stride + Self.padding)
        numbers.deallocate()
    }

    /// Does nothing for a number that there is not.
    func add(_ amount: Int, to number: Int) {
        guard number >= 0, number < count, amount != 0 else { return }
        numbers[Self.padding + Self.stripe * stride + number].add(amount, ordering: .relaxed)
    }

    /// All numbers, each at about this instant.
    var values: [Int] {
        (0..<count).map { number in
            (0..<Self.stripes).reduce(0) { $0 &+ numbers[Self.padding + $1 * stride + number].load(ordering: .relaxed) }
        }
    }

    /// The stripe of the running thread: threads' descriptors lie far apart, so the bits in the middle are mixed by a multiplication.
    private static var stripe: Int {
        Int(truncatingIfNeeded: (UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15) >> 60)
    }
}
