import Synchronization

/// A reference to an object that is stored once, if ever, by whichever thread is first, and kept.
///
/// `AtomicLazyReference` of the library is the same, but what it does is not specialised for the object's class: each `load` asks for a
/// type at run time, which is a thousand instructions where this is one.
struct OnceReference<Value: AnyObject & Sendable>: ~Copyable, Sendable {
    /// The address of the object, to which this has a reference; 0 where there is none.
    private let address = Atomic<UInt>(0)

    deinit { Self.reference(address.load(ordering: .acquiring))?.release() }

    func load() -> Value? { Self.reference(address.load(ordering: .acquiring))?.takeUnretainedValue() }

    func storeIfNil(_ value: Value) {
        let reference = Unmanaged.passRetained(value)
        let isStored = address.compareExchange(
            expected: 0, desired: UInt(bitPattern: reference.toOpaque()), ordering: .acquiringAndReleasing
        ).exchanged
        if !isStored { reference.release() }
    }

    private static func reference(_ address: UInt) -> Unmanaged<Value>? {
        UnsafeRawPointer(bitPattern: address).map { Unmanaged.fromOpaque($0) }
    }
}
