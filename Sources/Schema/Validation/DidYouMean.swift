/// Suggestions for a misspelt name, found as graphql-js finds them, so that messages agree between tools.
enum DidYouMean {
    /// ` Did you mean "A", "B", or "C"?`; empty where no candidate is near. `prefix` names what is suggested: `the enum value`.
    static func sentence(for name: String, among candidates: some Sequence<String>, prefix: String = "") -> String {
        let names = suggestions(for: name, among: candidates).prefix(5).map { "\"\($0)\"" }
        guard let last = names.last else { return "" }
        let listed =
            switch names.count {
            case 1: last
            case 2: names[0] + " or " + last
            default: names.dropLast().joined(separator: ", ") + ", or " + last
            }
        return " Did you mean " + (prefix.isEmpty ? "" : prefix + " ") + listed + "?"
    }

    /// The candidates near to a name, the nearest first, equally near ones by alphabet.
    static func suggestions(for name: String, among candidates: some Sequence<String>) -> [String] {
        var near: [(name: String, distance: Int)] = []
        for candidate in candidates {
            if let distance = distance(name, candidate) { near.append((candidate, distance)) }
        }
        return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.map(\.name)
    }

    /// The number of letters to insert, delete, replace or swap with a neighbour; a difference of case alone counts one. Nil where
    /// it is more than two of five letters and one.
    static func distance(_ name: String, _ candidate: String) -> Int? {
        if name == candidate { return 0 }
        let threshold = name.utf8.count * 2 / 5 + 1
        let left = Array(name.lowercased().utf8)
        let right = Array(candidate.lowercased().utf8)
        if left == right { return 1 }
        if abs(left.count - right.count) > threshold { return nil }

        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = last
        for row in 0..<left.count {
            current[0] = row + 1
            var best = current[0]
            for column in 0..<right.count {
                let cost = left[row] == right[column] ? 0 : 1
                var value = min(last[column + 1] + 1, current[column] + 1, last[column] + cost)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    value = min(value, beforeLast[column - 1] + 1)
                }
                current[column + 1] = value
                best = min(best, value)
            }
            if best > threshold { return nil }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        let distance = last[right.count]
        return distance <= threshold ? distance : nil
    }
}
