/// Gives out the names of one scope, each once.
///
/// Who asks first keeps the name, so that names stay as they are when a schema grows at its end.
struct NameAllocator {
    private let reserved: Set<String>
    private var taken: Set<String> = []
    /// The last name given for one that was no longer free, so that the next is not tried from the start: thousands may want the same.
    private var last: [String: String] = [:]
    private let isLegal: (String) -> Bool

    /// A scope in which `reserved` names are never given out, nor those that are not legal.
    init(reserved: Set<String> = [], isLegal: @escaping (String) -> Bool = { _ in true }) {
        self.reserved = reserved
        self.isLegal = isLegal
    }

    /// The wanted name, with as many underscores behind it as make it legal and free.
    mutating func allocate(_ wanted: String) -> String {
        var name = last[wanted].map { $0 + "_" } ?? wanted
        while reserved.contains(name) || !isLegal(name) || !taken.insert(name).inserted { name += "_" }
        if name != wanted { last[wanted] = name }
        return name
    }
}
