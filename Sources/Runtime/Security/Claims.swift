/// What an application says of a subscriber: the JSON object that its authentication gave.
///
/// A subscriber without one is anonymous, and so is one with an empty object: what nothing is known of is denied.
public final class Claims: Sendable {
    /// The object as it came: what fields' functions are given.
    public let json: [UInt8]
    private let object: JSONValue
    /// `scope`, a string of words (RFC 8693, section 4.2), and `scopes`, a list of them or such a string.
    let scopes: Set<String>
    /// `roles`, a list or a word, and `role`.
    let roles: Set<String>
    /// Who it is: `user_id`, else `sub` (RFC 7519, section 4.1.2). A number counts as its text.
    let userID: String?
    /// Until when they hold, in seconds since 1970: `exp` (RFC 7519, section 4.1.4). Nil where they hold for as long as the connection lasts.
    let expiry: Double?

    /// Reads an object. Throws what is wrong with it; an `exp` that is no time is wrong, since nobody could tell when it is over.
    public init(json: [UInt8]) throws(ClaimsError) {
        let document: JSONDocument
        do { document = try JSONDocument.parse(json) } catch { throw ClaimsError("Claims are not valid JSON: \(error)") }
        guard document.root.kind == .object else { throw ClaimsError("Claims are a JSON object, and this is \(document.root.kind).") }
        switch document.root["exp"] {
        case nil: expiry = nil
        case let value? where value.isNull: expiry = nil
        case let value?:
            guard let seconds = value.double else { throw ClaimsError("The claim \"exp\" is a number of seconds since 1970, and this is \(value.kind).") }
            expiry = seconds
        }
        self.json = json
        object = document.root
        scopes = Self.words(document.root, "scope", "scopes", separated: true)
        roles = Self.words(document.root, "role", "roles", separated: false)
        userID = ["user_id", "sub"].lazy.compactMap { document.root[$0].flatMap(Self.text) }.first
    }

    /// Whether anything is known of the subscriber.
    var isAuthenticated: Bool { object.members.contains { _ in true } }

    /// Whether they do not hold any more.
    func haveExpired(by clock: WallClock) -> Bool { expiry.map { $0 <= clock.seconds() } ?? false }

    /// The value of a claim; nil where there is none, or null.
    subscript(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// What a value must equal to equal a claim, each once and in order: the claim, or any element of a list. None where there is no such claim,
    /// or nothing in it that anything could equal.
    func keys(of name: String) -> [MatchKey] {
        guard let value = self[name] else { return [] }
        if value.kind != .array { return MatchKey.of(value).map { [$0] } ?? [] }
        return Set(value.elements.compactMap { MatchKey.of($0) }).sorted()
    }

    private static func words(_ object: JSONValue, _ names: String..., separated: Bool) -> Set<String> {
        var words: Set<String> = []
        for value in names.compactMap({ object[$0] }) {
            for text in (value.kind == .array ? Array(value.elements) : [value]).compactMap(\.string) {
                if separated { words.formUnion(text.split(separator: " ").map(String.init)) } else { words.insert(text) }
            }
        }
        return words
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value.kind {
        case .string: value.string
        case .number: value.numberText
        case .null, .boolean, .array, .object: nil
        }
    }
}

/// Why claims were not taken.
public struct ClaimsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for the developer.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
