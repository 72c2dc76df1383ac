/// The words of a GraphQL name, from which languages make names in their own style.
enum NameWords {
    /// `snake_case`: `userID` is `user_id`, `HTTPServer` is `http_server`, `userIDs` is `user_ids`. Underscores stay.
    static func snakeCase(_ name: String) -> String {
        let letters = Array(name.utf8)
        var result: [UInt8] = []
        for (index, letter) in letters.enumerated() {
            if isUpper(letter), let previous = result.last, previous != UInt8(ascii: "_"), startsWord(letters, index) {
                result.append(UInt8(ascii: "_"))
            }
            result.append(isUpper(letter) ? letter + 32 : letter)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `camelCase` of a name in `snake_case`, as msgspec makes it of attributes: `user_ids` is `userIds`, `class_` is `class`.
    static func camelCase(_ name: String) -> String {
        let words = name.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false).map(Array.init)
        var result = words.first ?? []
        for word in words.dropFirst() {
            // Python's `str.title`: a letter behind anything but a letter becomes a capital, and every other a small one.
            var isInside = false
            for letter in word {
                let isLetter = isUpper(letter) || isLower(letter)
                result.append(isInside ? (isUpper(letter) ? letter + 32 : letter) : (isLower(letter) ? letter - 32 : letter))
                isInside = isLetter
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// `PascalCase`, where what is in capitals stays so: `messageAdded` is `MessageAdded`, `user_id` is `UserId`.
    static func pascalCase(_ name: String) -> String {
        name.split(separator: "_").map(capitalised).joined()
    }

    /// The name with its first letter in upper case.
    static func capitalised(_ name: some StringProtocol) -> String {
        name.prefix(1).uppercased() + name.dropFirst()
    }

    /// Whether a word starts at a capital: after a small letter or digit, and before the last capital of several (`HTTPServer`) unless
    /// only a plural's `s` follows (`IDs`).
    private static func startsWord(_ letters: [UInt8], _ index: Int) -> Bool {
        if index == 0 || !isUpper(letters[index - 1]) { return true }
        guard index + 1 < letters.count, isLower(letters[index + 1]) else { return false }
        let isPlural = letters[index + 1] == UInt8(ascii: "s") && (index + 2 == letters.count || !isLower(letters[index + 2]))
        return !isPlural
    }

    private static func isUpper(_ letter: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) }
    private static func isLower(_ letter: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) }
}
