import GraphQLSchema

/// One topic with its subscriptions. Events of a topic are taken one after the other, under the bus's lock for it.
final class Topic: Sendable {
    let name: String
    /// What feeds the topic. Where it is not the bus one thread at a time does, and nobody else knows of the topic.
    let feed: TopicFeed
    /// What people may read of the name: that of a source has arguments and claims in it.
    var publicName: String? {
        switch feed {
        case .bus: name
        case .source: nil
        case .replay(let replay): replay.topic.name
        }
    }
    /// Guards the topic's subscriptions, their index, and the order of their events.
    private let state = Guarded(TopicState())

    init(name: String, feed: TopicFeed = .bus) {
        self.name = name
        self.feed = feed
    }

    /// Takes a subscription in; where another one leaves for it, no event comes between.
    func add(
        _ subscription: Subscription, _ request: SubscriptionRequest, _ claims: TopicState.TellingClaims, succeeding predecessor: Subscription?,
        _ context: DispatchContext
    ) -> Aftermath {
        var aftermath = Aftermath()
        // What a source gives, it gives for these arguments.
        let conditions = feed.isChosen ? [] : request.conditions
        state.withLock { state in
            state.add(subscription, request, conditions, claims, context.metrics)
            if let predecessor { state.leave(predecessor, context, &aftermath) }
        }
        return aftermath
    }

    /// Lets a subscription leave that another one stands in for, behind what is still owed to it.
    func leave(_ subscription: Subscription, _ context: DispatchContext) -> Aftermath {
        var aftermath = Aftermath()
        state.withLock { $0.leave(subscription, context, &aftermath) }
        return aftermath
    }

    /// Whether a subscription stands where one would that asked for this.
    func holds(_ subscription: Subscription, _ request: SubscriptionRequest, _ claims: TopicState.TellingClaims) -> Bool {
        state.withLock { _ in TopicState.holds(subscription, request, claims) }
    }

    /// Takes a subscription out; when it returns, nothing more is put into its outbox. False where it had left already.
    func remove(_ subscription: Subscription, _ context: DispatchContext) -> Bool {
        state.withLock { $0.remove(subscription, context.metrics) }
    }

    var isEmpty: Bool { state.withLock { $0.isEmpty } }

    /// `cursor` is the event's place in the bus; nil where it comes from a source.
    func dispatch(_ event: JSONDocument, _ cursor: Cursor?, _ context: DispatchContext) -> Aftermath {
        var aftermath = Aftermath()
        state.withLock { $0.dispatch(event, cursor, context, &aftermath) }
        return aftermath
    }

    func answer(audience: UInt64, number: UInt64, _ answer: ResolverAnswer, _ context: DispatchContext) -> Aftermath {
        var aftermath = Aftermath()
        state.withLock { $0.answer(audience: audience, number: number, answer, context, &aftermath) }
        return aftermath
    }

    /// Whether anybody waits for what a resolver answers an audience.
    func has(audience: UInt64) -> Bool { state.withLock { $0.has(audience: audience) } }

    /// Notes the response of an event that waited in a group's lane for what functions supply.
    func supply(_ body: SharedBody, to place: Aftermath.Supply.Place, _ context: DispatchContext) -> Aftermath {
        var aftermath = Aftermath()
        state.withLock { $0.supply(body, to: place, context, &aftermath) }
        return aftermath
    }

    func end(_ ending: SubscriptionEnding, _ context: DispatchContext) -> Aftermath {
        var aftermath = Aftermath()
        state.withLock { $0.end(ending, context, &aftermath) }
        return aftermath
    }

    /// Lets in publishers who wait, if there is room for their events. Returns whom to wake.
    func admit(_ context: DispatchContext) -> [WaitingLine.Waiter] {
        state.withLock { $0.admit(context.limits.resolverQueue) }
    }

    /// Where a publisher's event must have room.
    struct Lanes: Gate {
        let topic: Topic
        /// How many events may wait in a lane.
        let limit: Int

        func enter(size: Int, _ waiter: WaitingLine.Waiter?) -> GateAnswer {
            topic.state.withLock { $0.enter(waiter, limit) }
        }

        func isWaiting(_ number: UInt64) -> Bool { topic.state.withLock { $0.isWaiting(number) } }

        func leaveLine(_ number: UInt64) -> Bool { topic.state.withLock { $0.leaveLine(number) } }

        func giveBack(size: Int) {
            let admitted = topic.state.withLock { state in
                state.giveBackPermit()
                return state.admit(limit)
            }
            for waiter in admitted { waiter.wake() }
        }

        func refusal(of topic: String) -> PublishError { .overloaded(topic, resolverQueue: limit) }
    }

    /// Whether the source may give the next event: every resolver has room for it. After a no, `mayGoOn` says when.
    func hasRoom(_ context: DispatchContext) -> Bool {
        state.withLock { $0.hasRoom(context) }
    }

    /// How many events wait for functions at most, for any of its subscriptions.
    var depth: Int { state.withLock { $0.depth } }

    /// Whether the source was told to wait and there is room now. It says so once.
    func mayGoOn(_ context: DispatchContext) -> Bool {
        state.withLock { $0.mayGoOn(context) }
    }
}

/// What dispatching works with, whatever the topic.
struct DispatchContext: Sendable {
    let fields: [SubscriptionField]
    let suppliedFields: [SuppliedField]
    let resolvers: ResolverTable
    let suppliers: SupplierTable
    let limits: RuntimeLimits
    let metrics: Metrics
    let rates: RateLimits
    /// Who helps with an event that reaches many; nil where nobody does.
    let crew: Crew?
}

/// What is left to do when a topic's lock is released: everything that calls somebody else's code.
struct Aftermath: Sendable {
    /// A resolver call to make.
    struct Call: Sendable {
        let host: any ResolverHost
        let fieldIndex: Int
        let audience: UInt64
        let number: UInt64
        let event: JSONDocument
        let arguments: [UInt8]
        let claims: [UInt8]?
    }

    /// An event that waits for what functions supply, and who waits for it.
    struct Supply: Sendable {
        /// A place in the lane of a group.
        struct Place: Sendable {
            let group: UInt64
            let number: UInt64
            /// The audience's number of the event.
            let since: UInt64
        }

        let event: JSONDocument
        let cursor: Cursor?
        var waiting: [(projection: Projection, claims: [UInt8]?, place: Place)] = []
    }

    var wakes: [Outbox] = []
    var endings: [(subscription: Subscription, ending: SubscriptionEnding)] = []
    /// Subscriptions that have left for others.
    var departures: [Subscription] = []
    /// Subscriptions whose connection takes nothing any more.
    var overflows: [Subscription] = []
    /// A subscription that lost a message by a rate limit.
    var limited: Subscription?
    /// Pairs that rules denied, and a field of the topic that has such.
    var denied: (pairs: DeniedPairs, field: Int)?
    /// Objects in messages that rules have masked.
    var masked: [MaskedObjects] = []
    var calls: [Call] = []
    /// By event, in their order.
    var supplies: [Supply] = []

    mutating func add(_ place: Supply.Place, of group: ProjectionGroup, for event: JSONDocument, _ cursor: Cursor?) {
        // One event's groups come together: they share what is supplied.
        if supplies.last?.event.root.isSame(as: event.root) != true { supplies.append(Supply(event: event, cursor: cursor)) }
        supplies[supplies.count - 1].waiting.append((group.projection, group.claims, place))
    }
}
