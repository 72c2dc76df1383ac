import Glibc
import Synchronization

/// The numbers of a runtime. Any thread may change them; each is exact, though a snapshot is not of one instant.
///
/// Threads count in different cache lines, or two that publish would spend more time on these lines than on counting: a number is
/// the sum of its stripes.
final class Metrics: Sendable {
    /// One thread's numbers, by the raw values of `Metric`, in cache lines that no other stripe touches.
    private final class Stripe: Sendable {
        /// Nobody else's memory is in the pair of lines that a processor fetches together.
        private static let padding = 16

        /// `nonisolated(unsafe)`: set once; what it points to are atomics, which live as long as the stripe.
        nonisolated(unsafe) private let numbers: UnsafeMutablePointer<Atomic<Int>>

        init() {
            let count = Metric.allCases.count + 2 * Self.padding
            numbers = .allocate(capacity: count)
            for number in 0..<count { (numbers + number).initialize(to: Atomic(0)) }
        }

        deinit {
            numbers.deinitialize(count: Metric.allCases.count + 2 * Self.padding)
            numbers.deallocate()
        }

        func add(_ metric: Metric, _ amount: Int) {
            numbers[Self.padding + metric.rawValue].add(amount, ordering: .relaxed)
        }

        subscript(metric: Metric) -> Int {
            numbers[Self.padding + metric.rawValue].load(ordering: .relaxed)
        }
    }

    /// A power of two, above the number of threads that publish at once on most machines; more of them share.
    private static let stripeCount = 16

    private let stripes = (0..<stripeCount).map { _ in Stripe() }

    /// Counts something. A gauge goes down by a negative amount.
    func add(_ metric: Metric, _ amount: Int = 1) {
        if amount != 0 { stripes[Self.stripe].add(metric, amount) }
    }

    var snapshot: MetricsSnapshot {
        let numbers = Metric.allCases.map { metric in stripes.reduce(0) { $0 + $1[metric] } }
        return MetricsSnapshot(numbers: numbers)
    }

    /// The stripe of the running thread: threads' descriptors lie far apart, so the bits in the middle are mixed by a multiplication.
    private static var stripe: Int {
        Int(truncatingIfNeeded: (UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15) >> 60)
    }
}
