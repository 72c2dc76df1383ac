import Synchronization

/// Nodes that any thread pushes and one consumer takes, all at once: Treiber's stack with an exchange in place of pop.
///
/// Nobody waits for anybody: a push is repeated only where another one was faster. Because single nodes are never popped, a top that
/// is the same address again is as good as the same node, and nothing but the consumer reads what a node points to: no ABA, and no
/// reclamation to care for. The consumer turns what it takes around.
///
/// The stack knows as well whether the consumer is at work, so that the push which must wake it is exactly one.
struct OutboxStack: ~Copyable, Sendable {
    /// The consumer has taken everything and must be woken for more.
    private static let idle: UInt = 0
    /// It has been woken, and there is nothing to take yet; no node has this address.
    private static let awake: UInt = 1

    /// One of the above, or the address of the node that was pushed last, to which it has a reference.
    private let top = Atomic<UInt>(idle)

    /// Pushes a node. True where the consumer must be woken.
    ///
    /// What the thread did before happens before the `takeAll` that finds the node. Of what is sequentially consistent the push and
    /// `takeAll` are in one order: a thread whose node a `takeAll` does not find sees afterwards what was stored before that.
    func push(_ node: OutboxNode) -> Bool {
        let reference = Unmanaged.passRetained(node)
        let address = UInt(bitPattern: reference.toOpaque())
        var top = top.load(ordering: .relaxed)
        while true {
            node.header.next = Self.node(top)
            let (isPushed, found) = self.top.weakCompareExchange(
                expected: top, desired: address, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
            if isPushed { return found == Self.idle }
            top = found
        }
    }

    /// Takes all nodes, the newest on top. The consumer is awake from now on if it was, or if there were any.
    func takeAll() -> Unmanaged<OutboxNode>? {
        // An idle consumer stays idle: the push that finds it so is the one that wakes it.
        if top.load(ordering: .sequentiallyConsistent) == Self.idle { return nil }
        return Self.node(top.exchange(Self.awake, ordering: .sequentiallyConsistent))
    }

    /// The consumer has nothing to do any more, and is to be woken for the next node. False where there is one already.
    func rest() -> Bool {
        let (isResting, found) = top.compareExchange(
            expected: Self.awake, desired: Self.idle, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
        return isResting || found == Self.idle
    }

    private static func node(_ top: UInt) -> Unmanaged<OutboxNode>? {
        guard top > awake, let address = UnsafeRawPointer(bitPattern: top) else { return nil }
        return Unmanaged.fromOpaque(address)
    }
}
