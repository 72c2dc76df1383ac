import SDLParser

// The schema as clients see it: without what is `@internal`, and without subsgen's own directives, which say how events are
// selected and secured.
extension Schema {
    func publicTypeID(named name: String) -> TypeID? {
        typeID(named: name).flatMap { self[$0].isInternal ? nil : $0 }
    }

    var publicTypeNames: some Sequence<String> {
        types.lazy.filter { !$0.isInternal }.map(\.name)
    }

    func publicDirective(named name: String) -> DirectiveDefinition? {
        SubsgenDirectives.contains(name) ? nil : directives[name]
    }
}
