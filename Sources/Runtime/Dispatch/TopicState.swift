/// A topic's subscriptions and what is on its way to them; its lock is the topic's.
struct TopicState {
    /// A subscriber's claims where they set it apart from others.
    struct TellingClaims: Sendable {
        /// Where the field's resolver reads them.
        let audience: [UInt8]?
        /// Where a function of a selected payload field does.
        let group: [UInt8]?
    }

    private var index = EventIndex()
    private var audiences = SplitDictionary<Audience.Key, Audience>()
    private var audiencesByID = SplitDictionary<UInt64, Audience>()
    /// The subscriptions of all audiences.
    private var memberCount = 0
    /// Those that functions supply.
    private var suppliedGroups = SplitDictionary<UInt64, ProjectionGroup>()
    /// The field of the last audience that came with rules; as a rule all of a topic have the same.
    private var protectedField = 0
    private var lastAudience: UInt64 = 0
    private var lastGroup: UInt64 = 0
    /// How full the lanes of audiences are, and those of groups.
    private var audienceDepths = LaneDepths()
    private var groupDepths = LaneDepths()
    /// Events that have a permit: they may be published, and need a place in each lane.
    private var permits = 0
    /// Publishers that wait for one.
    private var line = WaitingLine()
    /// Whether the source was told to wait.
    private var sourceWaits = false

    var isEmpty: Bool { memberCount == 0 }

    // MARK: Subscriptions

    mutating func add(
        _ subscription: Subscription, _ request: SubscriptionRequest, _ conditions: [EventCondition], _ claims: TellingClaims, _ metrics: Metrics
    ) {
        let key = Self.audienceKey(request, claims)
        let audience = audiences[key] ?? addAudience(key, conditions)
        let groupKey = Self.groupKey(request, claims)
        let group = audience.groups[groupKey] ?? addGroup(request.projection, claims.group, to: audience, metrics)
        let position = group.add(ProjectionGroup.Member(subscription: subscription, since: audience.lane.next))
        audience.count(1)
        memberCount += 1
        subscription.seat = Subscription.Seat(group: group, position: position)
    }

    private static func audienceKey(_ request: SubscriptionRequest, _ claims: TellingClaims) -> Audience.Key {
        Audience.Key(fieldIndex: request.fieldIndex, arguments: request.arguments, claims: claims.audience, rights: request.rights)
    }

    private static func groupKey(_ request: SubscriptionRequest, _ claims: TellingClaims) -> ProjectionGroup.Key {
        ProjectionGroup.Key(projection: ObjectIdentifier(request.projection), claims: claims.group)
    }

    /// Whether a subscription stands where one would that asked for this.
    static func holds(_ subscription: Subscription, _ request: SubscriptionRequest, _ claims: TellingClaims) -> Bool {
        guard let group = subscription.seat?.group else { return false }
        return group.audience.key == audienceKey(request, claims) && group.key == groupKey(request, claims)
    }

    /// Lets a subscription leave behind the events that are still owed to it.
    mutating func leave(_ subscription: Subscription, _ context: DispatchContext, _ aftermath: inout Aftermath) {
        guard let audience = subscription.seat?.group.audience else { return }
        pass(.left(subscription), to: audience, context, &aftermath)
    }

    /// False where the subscription has left already.
    mutating func remove(_ subscription: Subscription, _ metrics: Metrics) -> Bool {
        guard let seat = subscription.seat else { return false }
        subscription.seat = nil
        let (group, audience) = (seat.group, seat.group.audience)
        let since = group.members[seat.position].since
        metrics.add(.abandoned, audience.owed.count(since: since) + group.owed.count(since: since))
        audience.count(-1)
        memberCount -= 1
        group.remove(at: seat.position)
        if group.members.isEmpty {
            forget(&group.owed, metrics)
            groupDepths.forget(&group.lane)
            audience.remove(group)
            suppliedGroups[group.id] = nil
            metrics.add(.groups, -1)
        }
        if audience.groups.isEmpty {
            // Answers that are still to come find nobody.
            forget(&audience.owed, metrics)
            audienceDepths.forget(&audience.lane)
            index.remove(audience)
            audiences[audience.key] = nil
            audiencesByID[audience.id] = nil
        }
        return true
    }

    private mutating func addAudience(_ key: Audience.Key, _ conditions: [EventCondition]) -> Audience {
        lastAudience += 1
        let audience = Audience(id: lastAudience, key: key)
        audiences[key] = audience
        audiencesByID[audience.id] = audience
        if !key.rights.demands.isEmpty { protectedField = key.fieldIndex }
        index.insert(audience, conditions)
        return audience
    }

    private mutating func addGroup(
        _ projection: Projection, _ claims: [UInt8]?, to audience: Audience, _ metrics: Metrics
    ) -> ProjectionGroup {
        lastGroup += 1
        let group = ProjectionGroup(id: lastGroup, of: audience, projection: projection, claims: claims)
        audience.add(group)
        if group.isSupplied { suppliedGroups[group.id] = group }
        metrics.add(.groups)
        return group
    }

    // MARK: Events

    /// Takes an event to the audiences that it concerns: at once, or by way of the field's resolver.
    mutating func dispatch(_ event: JSONDocument, _ cursor: Cursor?, _ context: DispatchContext, _ aftermath: inout Aftermath) {
        let (reached, denied) = index.matches(of: event.root)
        context.metrics.add(.considered, memberCount)
        context.metrics.add(denied)
        if denied.total > 0 { aftermath.denied = (denied, protectedField) }
        context.metrics.add(.filtered, memberCount - denied.total - reached.reduce(0) { $0 + $1.memberCount })
        // A delivery may end subscriptions, and with them audiences.
        var groups: [ReachedGroup] = []
        for audience in reached { dispatch(event, cursor, to: audience, &groups, context, &aftermath) }
        deliver(event, cursor, to: groups, context, &aftermath)
    }

    /// Adds to `groups` those of an audience that get the event now, which are all where nothing is waited for.
    private mutating func dispatch(
        _ event: JSONDocument, _ cursor: Cursor?, to audience: Audience, _ groups: inout [ReachedGroup], _ context: DispatchContext,
        _ aftermath: inout Aftermath
    ) {
        guard let host = context.resolvers.resolver(of: audience.key.fieldIndex) else {
            if audience.lane.count == 0, !audience.hasSuppliedGroups {
                for group in audience.groups.values { groups.append(ReachedGroup(group: group, number: audience.lane.next)) }
            } else {
                pass(.event(event), cursor, to: audience, context, &aftermath)
            }
            return
        }
        if audience.lane.count >= context.limits.resolverQueue {
            context.metrics.add(.droppedResolverLimit, audience.memberCount)
            for subscription in subscriptions(of: audience) {
                end(subscription, .resolverLimit(context.limits.resolverQueue), context, &aftermath)
            }
            return
        }
        owe(audience.lane.next, &audience.owed, context)
        audience.cursors[audience.lane.next] = cursor
        aftermath.calls.append(
            Aftermath.Call(
                host: host, fieldIndex: audience.key.fieldIndex, audience: audience.id, number: audienceDepths.reserve(in: &audience.lane),
                event: event, arguments: audience.key.arguments, claims: audience.key.claims))
    }

    /// Notes what became of an event that was with a resolver, and delivers what waited for it.
    mutating func answer(
        audience id: UInt64, number: UInt64, _ answer: ResolverAnswer, _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        guard let audience = audiencesByID[id] else { return }
        audience.lane.answer(number, answer)
        drain(audience, context, &aftermath)
    }

    func has(audience id: UInt64) -> Bool { audiencesByID[id] != nil }

    /// Takes what no resolver is asked about through an audience.
    private mutating func pass(
        _ answer: ResolverAnswer, _ cursor: Cursor? = nil, to audience: Audience, _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        if audience.lane.count == 0, !audience.hasSuppliedGroups {
            deliver(answer, cursor, number: audience.lane.next, to: audience, context, &aftermath)
        } else {
            // Behind answers that are still to come; and with a number of its own where it may wait in the lane of a group, so that it
            // does not reach who joins meanwhile.
            if case .event = answer { owe(audience.lane.next, &audience.owed, context) }
            audience.cursors[audience.lane.next] = cursor
            audience.lane.answer(audienceDepths.reserve(in: &audience.lane), answer)
            drain(audience, context, &aftermath)
        }
    }

    private mutating func drain(_ audience: Audience, _ context: DispatchContext, _ aftermath: inout Aftermath) {
        while let (number, answer) = audienceDepths.popAnswered(from: &audience.lane) {
            settle(number, &audience.owed, context)
            deliver(answer, audience.cursors.removeValue(forKey: number), number: number, to: audience, context, &aftermath)
        }
    }

    /// Ends every subscription, after the events that are still with resolvers.
    mutating func end(_ ending: SubscriptionEnding, _ context: DispatchContext, _ aftermath: inout Aftermath) {
        for audience in Array(audiences.values) {
            pass(.ended(ending), to: audience, context, &aftermath)
        }
    }

    // MARK: The source

    mutating func hasRoom(_ context: DispatchContext) -> Bool {
        sourceWaits = depth >= context.limits.resolverQueue
        return !sourceWaits
    }

    mutating func mayGoOn(_ context: DispatchContext) -> Bool {
        guard sourceWaits, depth < context.limits.resolverQueue else { return false }
        sourceWaits = false
        return true
    }

    // MARK: Publishers

    /// Gives a permit for an event: every lane has a place for it, whomever it concerns.
    mutating func enter(_ waiter: WaitingLine.Waiter?, _ limit: Int) -> GateAnswer {
        if line.isEmpty, hasPermit(limit) {
            permits += 1
            return .entered
        }
        return waiter.map { .waits(line.join($0)) } ?? .full
    }

    func isWaiting(_ number: UInt64) -> Bool { line.holds(number) }

    mutating func leaveLine(_ number: UInt64) -> Bool { line.leave(number) }

    mutating func giveBackPermit() { permits -= 1 }

    /// Gives the permits that there are to those who wait for them, who are to be woken.
    mutating func admit(_ limit: Int) -> [WaitingLine.Waiter] {
        var admitted: [WaitingLine.Waiter] = []
        while hasPermit(limit), let waiter = line.first() {
            line.removeFirst()
            permits += 1
            admitted.append(waiter)
        }
        return admitted
    }

    private func hasPermit(_ limit: Int) -> Bool { depth + permits < limit }

    /// So many places of a lane may be taken when everything has moved on that waits: what leaves the lane of an audience comes into those
    /// of its groups.
    var depth: Int { audienceDepths.deepest + groupDepths.deepest }

    // MARK: Delivery

    private mutating func deliver(
        _ answer: ResolverAnswer, _ cursor: Cursor?, number: UInt64, to audience: Audience, _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        var reached: [ReachedGroup] = []
        var denied: EventRights.Kind?
        // A resolver may answer with what its audience may not see.
        if case .event(let event) = answer { denied = audience.gate.denial(of: event.root) }
        if let denied {
            var pairs = DeniedPairs()
            pairs[denied] = audience.memberCount
            aftermath.denied = (pairs, audience.key.fieldIndex)
        }
        for group in Array(audience.groups.values) {
            switch answer {
            case .event where denied != nil: denied.map { context.metrics.add($0.pairs, group.listeners(to: number)) }
            case .event(let event) where group.isSupplied: wait(for: event, cursor, number: number, group, context, &aftermath)
            case .event: reached.append(ReachedGroup(group: group, number: number))
            case .failed(let message):
                pass(.body(SharedBody(group.projection.body(failure: message), key: nil, cursor: cursor)), number: number, to: group, context, &aftermath)
            case .skipped: context.metrics.add(.filtered, group.listeners(to: number))
            case .ended(let ending): pass(.ended(ending), number: number, to: group, context, &aftermath)
            case .left(let subscription):
                if subscription.seat?.group === group { pass(.left(subscription), number: number, to: group, context, &aftermath) }
            }
        }
        if case .event(let event) = answer, denied == nil { deliver(event, cursor, to: reached, context, &aftermath) }
    }

    // MARK: What functions supply

    /// Gives an event a place in a group's lane, until what functions supply to it is there.
    private mutating func wait(
        for event: JSONDocument, _ cursor: Cursor?, number: UInt64, _ group: ProjectionGroup, _ context: DispatchContext,
        _ aftermath: inout Aftermath
    ) {
        if group.lane.count >= context.limits.resolverQueue {
            context.metrics.add(.droppedResolverLimit, group.listeners(to: number))
            for member in group.members { end(member.subscription, .resolverLimit(context.limits.resolverQueue), context, &aftermath) }
            return
        }
        owe(number, &group.owed, context)
        event.origin?.trace?.reached(group.listeners(to: number))
        aftermath.add(Aftermath.Supply.Place(group: group.id, number: groupDepths.reserve(in: &group.lane), since: number), of: group, for: event, cursor)
    }

    /// Notes the response of an event that waited in a group's lane, and delivers what waited for it.
    mutating func supply(
        _ body: SharedBody, to place: Aftermath.Supply.Place, _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        guard let group = suppliedGroups[place.group] else { return }
        group.lane.answer(place.number, (place.since, .body(body)))
        drain(group, context, &aftermath)
    }

    /// Takes what needs no function to a group, behind what waits there.
    private mutating func pass(
        _ delivery: ProjectionGroup.Delivery, number: UInt64, to group: ProjectionGroup, _ context: DispatchContext,
        _ aftermath: inout Aftermath
    ) {
        guard group.lane.count > 0 else { return deliver(delivery, number: number, to: group, context, &aftermath) }
        if case .body = delivery { owe(number, &group.owed, context) }
        group.lane.answer(groupDepths.reserve(in: &group.lane), (number, delivery))
        drain(group, context, &aftermath)
    }

    private mutating func drain(_ group: ProjectionGroup, _ context: DispatchContext, _ aftermath: inout Aftermath) {
        while let (_, answer) = groupDepths.popAnswered(from: &group.lane) {
            settle(answer.number, &group.owed, context)
            deliver(answer.delivery, number: answer.number, to: group, context, &aftermath)
        }
    }

    private mutating func deliver(
        _ delivery: ProjectionGroup.Delivery, number: UInt64, to group: ProjectionGroup, _ context: DispatchContext,
        _ aftermath: inout Aftermath
    ) {
        switch delivery {
        case .body(let body):
            let reached = ReachedGroup(group: group, number: number)
            var outcome = FanOutOutcome()
            if let crew = context.crew, FanOut.cost(of: [reached]) >= context.limits.fanOutSplit {
                outcome = FanOut(body, to: reached).finish(with: crew)
            } else {
                outcome.deliver(body, to: reached)
            }
            note(outcome, of: 1, context, &aftermath)
        case .ended(let ending):
            for member in group.members where number >= member.since { end(member.subscription, ending, context, &aftermath) }
        case .left(let subscription):
            if remove(subscription, context.metrics) { aftermath.departures.append(subscription) }
        }
    }

    /// Delivers an event that nobody is asked about any more.
    private mutating func deliver(
        _ event: JSONDocument, _ cursor: Cursor?, to groups: [ReachedGroup], _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        var outcome = FanOutOutcome()
        if let crew = context.crew, FanOut.cost(of: groups) >= context.limits.fanOutSplit {
            outcome = FanOut(event, at: cursor, to: groups).finish(with: crew)
        } else {
            for reached in groups { outcome.deliver(reached.group.projection.message(of: event.root, at: cursor), to: reached) }
        }
        event.origin?.trace?.reached(outcome.delivered)
        note(outcome, of: groups.count, context, &aftermath)
    }

    private mutating func note(
        _ outcome: FanOutOutcome, of groups: Int, _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        context.metrics.add(.groupsMatched, groups)
        outcome.count(in: context.metrics)
        aftermath.wakes += outcome.wakes
        aftermath.overflows += outcome.overflows
        for subscription in outcome.full {
            end(subscription, .messageLimit(subscription.messageLimit), context, &aftermath)
        }
        for subscription in outcome.tooEarly { end(subscription, .rateLimit, context, &aftermath) }
        if let subscription = outcome.limitedSubscription { aftermath.limited = subscription }
        aftermath.masked += outcome.masked
    }

    private mutating func end(
        _ subscription: Subscription, _ ending: SubscriptionEnding, _ context: DispatchContext, _ aftermath: inout Aftermath
    ) {
        if remove(subscription, context.metrics) { aftermath.endings.append((subscription, ending)) }
    }

    // MARK: What is owed

    /// An event waits in a lane.
    private func owe(_ number: UInt64, _ owed: inout OwedEvents, _ context: DispatchContext) {
        owed.add(number)
        context.metrics.add(.eventsInLanes)
    }

    /// An event, or an end, has left a lane.
    private func settle(_ number: UInt64, _ owed: inout OwedEvents, _ context: DispatchContext) {
        if owed.settle(number) { context.metrics.add(.eventsInLanes, -1) }
    }

    /// Nobody is left whom the events in a lane are owed to.
    private func forget(_ owed: inout OwedEvents, _ metrics: Metrics) {
        metrics.add(.eventsInLanes, -owed.count)
        owed = OwedEvents()
    }

    private func subscriptions(of audience: Audience) -> [Subscription] {
        audience.groups.values.flatMap { $0.members.map(\.subscription) }
    }
}
