/// One push into an outbox: a message for some of its subscriptions, or an output of another kind.
///
/// The subscriptions stand behind the header, so that a node is one allocation however many they are. `next` is no reference: whoever
/// takes a chain of nodes releases one after the other, so that a long chain is not released by recursion.
///
/// One thread at a time has it, the producer until it has pushed it, then the consumer.
final class OutboxNode: ManagedBuffer<OutboxNodeHeader, Subscription> {
    /// A node with room for so many subscriptions.
    static func of(_ content: OutboxNodeHeader.Content, room: Int) -> OutboxNode {
        // What `create` gives is of the class that it is called on.
        unsafeDowncast(create(minimumCapacity: room) { _ in OutboxNodeHeader(content: content) }, to: OutboxNode.self)
    }

    deinit {
        _ = withUnsafeMutablePointers { header, subscriptions in subscriptions.deinitialize(count: header.pointee.count) }
    }

    /// Adds a subscription, for which there must be room.
    func append(_ subscription: Subscription) {
        withUnsafeMutablePointers { header, subscriptions in
            (subscriptions + header.pointee.count).initialize(to: subscription)
            header.pointee.count += 1
        }
    }

    /// A subscription of the node, of those that there are.
    func subscription(_ position: Int) -> Subscription {
        withUnsafeMutablePointerToElements { $0[position] }
    }
}

/// What a node holds beside its subscriptions.
struct OutboxNodeHeader {
    enum Content {
        /// The same message for each of the subscriptions.
        case message(SharedBody)
        /// Each of the subscriptions has one message more to take out of its mailbox. One may stand there more than once.
        case mail
        /// Something else for the host, for no subscription.
        indirect case output(Outbox.Output)
    }

    let content: Content
    /// How many subscriptions there are.
    var count = 0
    /// How many of them the consumer has done.
    var done = 0
    /// In the stack: the node that was pushed before; in a queue: the one that comes after.
    var next: Unmanaged<OutboxNode>?

    init(content: Content) { self.content = content }

    /// How many outputs it makes at most.
    var outputs: Int {
        switch content {
        case .message, .mail: count
        case .output: 1
        }
    }
}

/// Nodes in the order in which they are taken. Has a reference to each, and must have been emptied when it goes.
///
/// `@unchecked Sendable`: whoever has the queue has its nodes, for the stack that they came from has given them up.
struct OutboxNodeQueue: @unchecked Sendable {
    private var first: Unmanaged<OutboxNode>?
    private var last: Unmanaged<OutboxNode>?

    var isEmpty: Bool { first == nil }

    /// The node that is next.
    var head: OutboxNode? { first?.takeUnretainedValue() }

    /// Puts last what was taken from a stack, whose newest node is its top; returns how many outputs it makes at most.
    @discardableResult
    mutating func append(stack top: Unmanaged<OutboxNode>?) -> Int {
        guard let top else { return 0 }
        var outputs = 0
        var oldest: Unmanaged<OutboxNode>?
        var node: Unmanaged<OutboxNode>? = top
        while let current = node {
            current._withUnsafeGuaranteedRef { current in
                outputs += current.header.outputs
                node = current.header.next
                current.header.next = oldest
            }
            oldest = current
        }
        if let last { last._withUnsafeGuaranteedRef { $0.header.next = oldest } } else { first = oldest }
        last = top
        return outputs
    }

    /// Gives up the node that is next.
    mutating func removeFirst() {
        guard let node = first else { return }
        let next = node._withUnsafeGuaranteedRef { $0.header.next }
        first = next
        if next == nil { last = nil }
        node.release()
    }

    /// Gives up the nodes that the filter does not want.
    mutating func filter(_ isWanted: (OutboxNode) -> Bool) {
        var node = first
        self = OutboxNodeQueue()
        while let current = node {
            let (next, wanted) = current._withUnsafeGuaranteedRef { ($0.header.next, isWanted($0)) }
            if wanted {
                current._withUnsafeGuaranteedRef { $0.header.next = nil }
                if let last { last._withUnsafeGuaranteedRef { $0.header.next = current } } else { first = current }
                last = current
            } else {
                current.release()
            }
            node = next
        }
    }
}
