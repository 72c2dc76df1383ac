/// What was made of the things that clients send again and again. Bounded; safe to use from any thread.
///
/// Entries live in two generations. When the young one has used up its half of the budget it becomes the old one, and the old one is
/// thrown away; an entry that is used moves to the young one. So what is in use stays, whatever else comes, and nothing is counted when
/// it is found.
final class PlanCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// An object, since the places of a dictionary are many more than its entries.
    private final class Entry: Sendable {
        let value: Value
        let cost: Int

        init(_ value: Value, cost: Int) {
            self.value = value
            self.cost = cost
        }
    }

    private struct Generations: Sendable {
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
        /// By the young one.
        var used = 0
        var usedByOld = 0
    }

    private let generationBudget: Int
    /// Guards the entries. A leaf.
    private let generations = Guarded(Generations())

    /// `budget` is how much the entries may cost in all.
    init(budget: Int) {
        generationBudget = budget / 2
    }

    /// What the entries cost that are there.
    var cost: Int { generations.withLock { $0.used + $0.usedByOld } }

    /// The value of a key, if it is still there.
    func value(for key: Key) -> Value? {
        generations.withLock { generations in
            if let entry = generations.young[key] { return entry.value }
            guard let entry = generations.old.removeValue(forKey: key) else { return nil }
            generations.usedByOld -= entry.cost
            insert(entry, for: key, &generations)
            return entry.value
        }
    }

    /// Keeps a value, unless there is one: of all that ask at the same time, everybody gets the same. One that is larger than a
    /// generation is not kept.
    func keep(_ value: Value, cost: Int, for key: Key) -> Value {
        generations.withLock { generations in
            if let entry = generations.young[key] ?? generations.old[key] { return entry.value }
            if cost <= generationBudget { insert(Entry(value, cost: cost), for: key, &generations) }
            return value
        }
    }

    private func insert(_ entry: Entry, for key: Key, _ generations: inout Generations) {
        if generations.used + entry.cost > generationBudget {
            generations.old = generations.young
            generations.usedByOld = generations.used
            generations.young = [:]
            generations.used = 0
        }
        generations.young[key] = entry
        generations.used += entry.cost
    }
}
