import CPython

/// How many connections there are from each network, as Python sees it.
final class AddressCountsObject: Held {
    let counts: AddressCounts

    private init(_ counts: AddressCounts) { self.counts = counts }

    static let type: HeapType = HeapType(
        "AddressCounts", qualifiedName: "subsgen._native.AddressCounts",
        documentation: """
            AddressCounts(limit, /)
            --

            How many connections there are from each network. Every method may be called from any thread.
            """,
        new: { _, values, named in
            new(values, named, "AddressCounts", takes: 1...1) { arguments throws(PythonError) in
                try type.instance(holding: AddressCountsObject(AddressCounts(limit: try arguments.integer(0, in: 1...Int.max))))
            }
        },
        methods: [
            HeapType.Method(
                name: "network",
                documentation: """
                    network($self, address, /)
                    --

                    What counts as one address.
                    """
            ) { this, values, count in
                method(this, values, count, "network", takes: 1...1) { (_: AddressCountsObject, arguments) throws(PythonError) in
                    try Python.string(AddressCounts.network(of: try arguments.string(0)))
                }
            },
            HeapType.Method(
                name: "take",
                documentation: """
                    take($self, network, /)
                    --

                    One more connection of a network. False where there are as many as there may be.
                    """
            ) { this, values, count in
                method(this, values, count, "take", takes: 1...1) { (this: AddressCountsObject, arguments) throws(PythonError) in
                    try Python.boolean(this.counts.take(try arguments.string(0)))
                }
            },
            HeapType.Method(
                name: "give_back",
                documentation: """
                    give_back($self, network, /)
                    --

                    One less.
                    """
            ) { this, values, count in
                method(this, values, count, "give_back", takes: 1...1) { (this: AddressCountsObject, arguments) throws(PythonError) in
                    this.counts.giveBack(try arguments.string(0))
                    return Python.none()
                }
            },
        ])
}
