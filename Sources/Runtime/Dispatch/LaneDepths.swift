/// How many events wait in the fullest lane of a topic, known without a look at the others.
struct LaneDepths {
    /// How many lanes have one event, two, and so on. The last number is not zero.
    private var lanes: [Int] = []

    /// The events in the fullest lane.
    var deepest: Int { lanes.count }

    mutating func reserve<Answer>(in lane: inout Lane<Answer>) -> UInt64 {
        defer { note(&lane) }
        return lane.reserve()
    }

    mutating func popAnswered<Answer>(from lane: inout Lane<Answer>) -> (number: UInt64, answer: Answer)? {
        defer { note(&lane) }
        return lane.popAnswered()
    }

    /// A lane whose listeners are gone does not count any more, whatever becomes of what is in it.
    mutating func forget<Answer>(_ lane: inout Lane<Answer>) {
        change(from: lane.noted ?? 0, to: 0)
        lane.noted = nil
    }

    private mutating func note<Answer>(_ lane: inout Lane<Answer>) {
        guard let noted = lane.noted else { return }
        change(from: noted, to: lane.count)
        lane.noted = lane.count
    }

    private mutating func change(from before: Int, to now: Int) {
        if before > 0, before <= lanes.count { lanes[before - 1] -= 1 }
        if now > lanes.count { lanes += repeatElement(0, count: now - lanes.count) }
        if now > 0 { lanes[now - 1] += 1 }
        while lanes.last == 0 { lanes.removeLast() }
    }
}
