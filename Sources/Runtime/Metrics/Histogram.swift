/// How often something took how long. Any thread may tell it.
final class Histogram: Sendable {
    /// Upper bounds of the buckets, in nanoseconds: for what takes microseconds as for what takes seconds.
    static let bounds: [UInt64] = [
        10_000, 50_000, 100_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000,
        250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// How often a duration was in each bucket, the last of which has no bound; then the sum of all durations in nanoseconds.
    private let numbers = StripedNumbers(count: bounds.count + 2)

    func observe(_ nanoseconds: UInt64) {
        numbers.add(1, to: Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count)
        numbers.add(Int(clamping: nanoseconds), to: Self.bounds.count + 1)
    }

    var reading: HistogramReading {
        let values = numbers.values
        var sum = 0
        let bounds = Self.bounds.map { Double($0) / 1e9 } + [.infinity]
        let buckets = zip(bounds, values).map { bound, count in
            sum += count
            return HistogramReading.Bucket(bound: bound, count: sum)
        }
        return HistogramReading(buckets: buckets, sum: Double(values[Self.bounds.count + 1]) / 1e9)
    }
}
