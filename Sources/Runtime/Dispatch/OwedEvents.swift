/// The numbers of the events that wait in a lane, so that one who leaves can say how many of them it does not get.
///
/// A lane counts ends among what waits, and one of a group not all events of its audience; this has events only.
struct OwedEvents: Sendable {
    /// Growing; what is before `first` is settled.
    private var numbers: [UInt64] = []
    private var first = 0

    /// How many wait.
    var count: Int { numbers.count - first }

    /// An event waits. Its number is greater than those before.
    mutating func add(_ number: UInt64) {
        numbers.append(number)
    }

    /// The oldest that waits has left, if it is the one of this number; says whether it is.
    mutating func settle(_ number: UInt64) -> Bool {
        guard first < numbers.count, numbers[first] == number else { return false }
        first += 1
        if first == numbers.count {
            numbers.removeAll(keepingCapacity: true)
            first = 0
        } else if first > 64, first > numbers.count / 2 {
            numbers.removeFirst(first)
            first = 0
        }
        return true
    }

    /// How many of those that wait have this number or a greater one.
    func count(since number: UInt64) -> Int {
        var (low, high) = (first, numbers.count)
        while low < high {
            let middle = low + (high - low) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return numbers.count - low
    }
}
