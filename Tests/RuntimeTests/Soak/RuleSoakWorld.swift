import Synchronization

@testable import SubsgenRuntime

/// What a soak of rules runs on: events of tenants and users, a clock by which claims expire, and who decides policies.
final class RuleSoakWorld: Sendable {
    static let publishers = 2
    static let subscriptionsPerUser = 60

    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          mine(p: Int): Tick @topic(name: "tick") @tenant(field: "tenant")
          staff(p: Int): Tick @topic(name: "tick") @requiresRole(roles: ["staff"])
          own(p: Int, user: ID @ownArgument(claim: "user_id")): Tick @topic(name: "tick")
          limited(p: Int): Tick @topic(name: "tick") @rateLimit(limit: 400, burst: 20, per: USER) @overflow(policy: DROP_NEWEST)
          held(p: Int): Tick @topic(name: "tick") @rateLimit(limit: 800, burst: 5, per: SUBSCRIPTION) @overflow(policy: DROP_OLDEST)
          decided(p: Int): Tick @topic(name: "tick") @policy(policies: [["p"]])
        }
        type Tick { p: Int! n: Int! tenant: ID user: ID secret: Int @requiresRole(roles: ["staff"]) }
        """

    let executor: SubscriptionExecutor
    let host = PolicySoakHost()
    private let time = Seconds()
    /// How far each publisher has begun, and how far it has come: what it began may be seen already.
    private let begun = (0..<publishers).map { _ in Seconds() }
    private let published = (0..<publishers).map { _ in Seconds() }

    private final class Seconds: Sendable {
        let value = Atomic<Int>(0)
        var now: Int { value.load(ordering: .sequentiallyConsistent) }
    }

    init() throws {
        var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1 << 20, connectionBytes: 1 << 28), resolversInFlight: 8)
        limits.fanOutSplit = 24
        limits.subscriptionsPerUser = Self.subscriptionsPerUser
        limits.wallClock = WallClock { [time] in Double(time.now) }
        executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
        executor.setPolicies(host: host)
    }

    var seconds: Int { time.now }
    var allBegun: [Int] { begun.map(\.now) }
    var allPublished: [Int] { published.map(\.now) }

    /// Publishes the next event of a publisher, which one thread at a time does; now and then a second goes by.
    func publish(by publisher: Int) throws {
        let n = begun[publisher].value.add(1, ordering: .sequentiallyConsistent).newValue
        let event = #"{"p":\#(publisher),"n":\#(n),"tenant":"\#(SoakClaims.tenant(of: n))","user":"\#(SoakClaims.user(of: n))","secret":\#(n)}"#
        try executor.publish(topic: "tick", payload: Array(event.utf8))
        published[publisher].value.store(n, ordering: .sequentiallyConsistent)
        if publisher == 0, n.isMultiple(of: 60) { time.value.add(1, ordering: .sequentiallyConsistent) }
    }
}

/// Who a client in a soak of rules is, and what it may see.
struct SoakClaims: Sendable {
    private static let tenants = 3
    private static let users = 4

    let user: Int
    let tenant: Int?
    let isStaff: Bool
    let expiry: Int?

    init(_ random: inout SeededRandom, now: Int) {
        user = Int.random(in: 0..<Self.users, using: &random)
        tenant = Int.random(in: 0..<8, using: &random) == 0 ? nil : Int.random(in: 0..<Self.tenants, using: &random)
        isStaff = Bool.random(using: &random)
        expiry = Int.random(in: 0..<5, using: &random) == 0 ? now + Int.random(in: 1...4, using: &random) : nil
    }

    static func tenant(of n: Int) -> Int { n % tenants }
    static func user(of n: Int) -> Int { n / tenants % users }
    static func revocation(_ random: inout SeededRandom) -> Revocation {
        let user = Revocation.user("\(Int.random(in: 0..<users, using: &random))")
        return Bool.random(using: &random) ? user : (try? .claim("tenant_id", equals: Array("\(Int.random(in: 0..<tenants, using: &random))".utf8))) ?? user
    }

    var json: [UInt8] {
        let tenant = tenant.map { #","tenant_id":\#($0)"# } ?? ""
        let expiry = expiry.map { #","exp":\#($0)"# } ?? ""
        return Array(#"{"user_id":\#(user),"roles":[\#(isStaff ? #""staff""# : "")]\#(tenant)\#(expiry)}"#.utf8)
    }

    /// Whether a subscription to a field may be, where no policy decides it.
    func mayHave(_ field: RuleSoakListener.Field) -> Bool {
        switch field {
        case .mine: tenant != nil
        case .staff: isStaff
        case .own, .limited, .held, .decided: true
        }
    }

    /// Whether an event of a field is for it.
    func maySee(_ n: Int, of field: RuleSoakListener.Field) -> Bool {
        switch field {
        case .mine: tenant == Self.tenant(of: n)
        case .staff: isStaff
        case .own: user == Self.user(of: n)
        case .limited, .held, .decided: true
        }
    }
}

/// Decides policies: grants some, fails for some, and throws some questions away.
final class PolicySoakHost: ResolverHost {
    /// Guards the questions that wait for an answer.
    private let waiting = Guarded<[ResolverCall]>([])

    var isIdle: Bool { waiting.withLock { $0.isEmpty } }

    func start(_ call: ResolverCall) { waiting.withLock { $0.append(call) } }

    func changed(_ call: ResolverCall) {
        if call.isCancelled { waiting.withLock { calls in calls.removeAll { $0 === call } } }
    }

    func answer(_ random: inout SeededRandom) {
        let calls = waiting.withLock { calls in
            defer { calls = [] }
            return calls
        }
        for call in calls {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: call.fail("It broke.")
            case 1: break
            case 2, 3: call.finish("[]")
            default: call.finish(#"["p"]"#)
            }
        }
    }
}
