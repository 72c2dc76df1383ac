import SubsgenRuntime

/// How far a stream has been read.
struct ReadStream {
    enum Kind: Sendable {
        /// Of a template; the partition where there are others.
        case events(partition: Int?)
        case notices
    }

    let name: String
    let kind: Kind
    /// What cursors call it.
    let number: UInt64
    /// The last entry that was read, or the place where reading begins.
    private(set) var position: StreamID
    /// How many entries the stream had up to there; nil where that is not known yet.
    private var index: Int?
    /// Whether the place has been compared with the stream; until then it is an instant.
    private var hasBegun = false

    /// `position` is an instant as an id: reading begins with what the stream has behind it.
    init(name: String, kind: Kind, position: StreamID) {
        self.name = name
        self.kind = kind
        number = StreamNames.number(of: name)
        self.position = position
    }

    /// An entry was read.
    mutating func passed(_ id: StreamID) {
        position = id
        index = index.map { $0 + 1 }
    }

    /// What a stream turns out to have lost.
    enum Loss: Hashable {
        /// Nothing.
        case none
        /// Entries that were thrown away before they were read; how many where that is known.
        case entries(Int?)
    }

    /// Compares what was read with what the stream has. `isNewHistory` says that the epoch has changed.
    mutating func compare(_ info: StreamInfo, isNewHistory: Bool) -> Loss {
        guard hasBegun else {
            hasBegun = true
            // The last entry is a better place than an instant: the server's clock may go back.
            if info.last <= position { (position, index) = (info.last, info.added) }
            return .none
        }
        if isNewHistory {
            // All of it was added after the old one was gone.
            (position, index) = (.zero, 0)
        } else if info.last < position {
            // A server took over that had not got everything: its entries go on from an earlier one, and some may have been added meanwhile.
            (position, index) = (info.last, info.added)
            return info == .none ? .none : .entries(nil)
        }
        if info.last == position { index = info.added }
        guard let read = index, let trimmed = info.trimmed, trimmed > read else { return .none }
        index = trimmed
        return .entries(trimmed - read)
    }
}
