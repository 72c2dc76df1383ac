/// The paths that the conditions of a topic read, each step once: `order.id` and `order.channel.slug` share the step to `order`.
///
/// They come from the schema, so there are few of them, and none is ever taken out.
struct EventPaths: Sendable {
    /// One name on a path. The first step is the event itself.
    struct Step: Sendable {
        /// The place of the step before.
        let parent: Int
        let name: NameKey
    }

    private struct Name: Hashable, Sendable {
        let parent: Int
        let name: String
    }

    private(set) var steps = [Step(parent: 0, name: NameKey([], at: 0))]
    /// The bytes of the names.
    private(set) var text: [UInt8] = []
    private var places: [Name: Int] = [:]

    /// The place of a path's last step.
    mutating func place(of path: [String]) -> Int {
        path.reduce(0) { parent, name in
            let key = Name(parent: parent, name: name)
            if let known = places[key] { return known }
            places[key] = steps.count
            steps.append(Step(parent: parent, name: NameKey(name.utf8, at: text.count)))
            text += name.utf8
            return steps.count - 1
        }
    }
}
