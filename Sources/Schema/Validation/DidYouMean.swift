/// Suggestions for a misspelt name, found as graphql-js finds them, so that messages agree between tools.
public enum DidYouMean {
    /// How many suggestions a message names.
    static let limit = 5

    /// ` Did you mean "A", "B", or "C"?`; empty where no candidate is near. `prefix` names what is suggested: `the enum value`.
    public static func sentence(for name: String, among candidates: some Sequence<String>, prefix: String = "") -> String {
        sentence(suggesting: suggestions(for: name, among: candidates), prefix: prefix)
    }

    /// The candidate that is nearest to a name, where one is as near as suggestions are, and not further than `limit`.
    public static func nearest(to name: String, among candidates: some Sequence<String>, within limit: Int = .max) -> String? {
        suggestions(for: name, among: candidates).first.flatMap { (distance(name, $0) ?? .max) <= limit ? $0 : nil }
    }

    /// The sentence for suggestions that are made already, the best first.
    public static func sentence(suggesting suggestions: [String], prefix: String) -> String {
        let names = suggestions.prefix(limit).map { "\"\($0)\"" }
        guard let last = names.last else { return "" }
        let listed =
            switch names.count {
            case 1: last
            case 2: names[0] + " or " + last
            default: names.dropLast().joined(separator: ", ") + ", or " + last
            }
        return " Did you mean " + (prefix.isEmpty ? "" : prefix + " ") + listed + "?"
    }

    /// The candidates near to a name, the nearest first, equally near ones in natural order.
    public static func suggestions(for name: String, among candidates: some Sequence<String>) -> [String] {
        var near: [(name: String, distance: Int)] = []
        for candidate in candidates {
            if let distance = distance(name, candidate) { near.append((candidate, distance)) }
        }
        return near.sorted { left, right in
            left.distance == right.distance ? naturallyPrecedes(left.name, right.name) : left.distance < right.distance
        }.map(\.name)
    }

    /// The order of names in which `a2` comes before `a10`: by characters, but runs of digits by their number.
    static func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
        var (left, right) = (Substring(left).utf8, Substring(right).utf8)
        while let leftByte = left.first, let rightByte = right.first {
            if leftByte.isDigit, rightByte.isDigit {
                let (leftRun, rightRun) = (left.prefix { $0.isDigit }, right.prefix { $0.isDigit })
                let (leftDigits, rightDigits) = (leftRun.drop { $0 == .zero }, rightRun.drop { $0 == .zero })
                // The longer number is the greater one; of equally long ones digits decide.
                if leftDigits.count != rightDigits.count { return leftDigits.count < rightDigits.count }
                if !leftDigits.elementsEqual(rightDigits) { return leftDigits.lexicographicallyPrecedes(rightDigits) }
                left = left.dropFirst(leftRun.count)
                right = right.dropFirst(rightRun.count)
            } else {
                if leftByte != rightByte { return leftByte < rightByte }
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        return left.count < right.count
    }

    /// The number of letters to insert, delete, replace or swap with a neighbour; a difference of case alone counts one. Nil where
    /// it is more than two of five letters and one.
    static func distance(_ name: String, _ candidate: String) -> Int? {
        if name == candidate { return 0 }
        let threshold = name.utf8.count * 2 / 5 + 1
        if abs(name.utf8.count - candidate.utf8.count) > threshold { return nil }
        let left = Array(name.lowercased().utf8)
        let right = Array(candidate.lowercased().utf8)
        if left == right { return 1 }

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

extension UInt8 {
    fileprivate static let zero = UInt8(ascii: "0")
    fileprivate var isDigit: Bool { self >= .zero && self <= UInt8(ascii: "9") }
}
