/// In which form an operation is answered (GraphQL over HTTP, section 6.3; GraphQL over SSE).
enum MediaType: String {
    case responseJSON = "application/graphql-response+json"
    case json = "application/json"
    case eventStream = "text/event-stream"

    /// What a client of any type gets is `application/json`, which every client understands.
    fileprivate static let offered: [MediaType] = [.responseJSON, .json, .eventStream]
}

/// What a client takes: its `Accept` header (RFC 9110, section 12.5.1).
struct AcceptHeader {
    private struct Range {
        /// A media type, `text/*` or `*/*`.
        let pattern: String
        let weight: Double
    }

    private let ranges: [Range]

    /// A client that does not say takes anything.
    init(_ request: ServerRequest) {
        let listed = request.list("accept").map(Self.range)
        ranges = listed.isEmpty ? [Range(pattern: "*/*", weight: 1)] : listed
    }

    private static func range(_ element: Substring) -> Range {
        let words = element.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed.lowercased() }
        var weight = 1.0
        for word in words.dropFirst() {
            let parameter = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parameter.count == 2, parameter[0].trimmed == "q" { weight = Double(parameter[1].trimmed) ?? 0 }
        }
        return Range(pattern: words.first ?? "", weight: weight)
    }

    /// Whether a media type is named, as browsers name `text/html`.
    func names(_ mediaType: String) -> Bool { ranges.contains { $0.pattern == mediaType } }

    /// Whether the client takes a media type at all.
    func takes(_ mediaType: String) -> Bool {
        let patterns = Self.patterns(mediaType)
        return ranges.contains { $0.weight > 0 && patterns.contains($0.pattern) }
    }

    /// The form for an answer: a subscription's is an event stream alone. Nil where the client takes none.
    func choose(isSubscription: Bool) -> MediaType? {
        let offered = isSubscription ? [.eventStream] : MediaType.offered
        var best = (weight: 0.0, specificity: 0, preference: 0)
        var chosen: MediaType?
        for (preference, mediaType) in offered.reversed().enumerated() {
            for (index, pattern) in Self.patterns(mediaType.rawValue).enumerated() {
                guard let weight = ranges.filter({ $0.pattern == pattern }).map(\.weight).max() else { continue }
                let isNamed = index == 0
                let rank = (weight: weight, specificity: 3 - index, preference: !isNamed && mediaType == .json ? offered.count : preference)
                if weight > 0, rank > best { (best, chosen) = (rank, mediaType) }
                break
            }
        }
        return chosen
    }

    /// What a media type is covered by, the most specific first.
    private static func patterns(_ mediaType: String) -> [String] {
        [mediaType, "\(mediaType.prefix { $0 != "/" })/*", "*/*"]
    }
}
