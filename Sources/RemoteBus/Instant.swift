import Glibc

/// An instant of a clock that never goes back, and goes on while the machine sleeps.
///
/// A number. `ContinuousClock.Instant` has a size that only its library knows: whatever has one in it is copied by calls that take as long as all else that
/// is done with an event.
package struct Instant: Comparable, Sendable {
    private let nanoseconds: UInt64

    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(nanoseconds: UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec))
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    package static func + (instant: Instant, span: Span) -> Instant {
        let (sum, isTooLate) = instant.nanoseconds.addingReportingOverflow(span.nanoseconds)
        return Instant(nanoseconds: isTooLate ? .max : sum)
    }

    /// How long it is from one to another; nothing where that is before it.
    package static func - (later: Instant, earlier: Instant) -> Span {
        .nanoseconds(later > earlier ? later.nanoseconds - earlier.nanoseconds : 0)
    }
}

/// A length of time.
package struct Span: Sendable {
    package let nanoseconds: UInt64

    package static let zero = Span(nanoseconds: 0)
    package static func nanoseconds(_ count: UInt64) -> Span { Span(nanoseconds: count) }
    package static func milliseconds(_ count: Int) -> Span { Span(count, of: 1_000_000) }
    package static func seconds(_ count: Int) -> Span { Span(count, of: 1_000_000_000) }

    private init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    private init(_ count: Int, of unit: UInt64) {
        let (product, isTooMuch) = UInt64(max(0, count)).multipliedReportingOverflow(by: unit)
        nanoseconds = isTooMuch ? .max : product
    }

    // Whole ones.
    package var microseconds: UInt64 { nanoseconds / 1000 }
    package var milliseconds: UInt64 { nanoseconds / 1_000_000 }
    package var seconds: UInt64 { nanoseconds / 1_000_000_000 }
}
