import CPython

/// Where an event loop reads what became ready.
final class LoopPortObject: Held {
    let ready: ReadyList

    private init(_ ready: ReadyList) { self.ready = ready }

    override func wasForgotten() { ready.close() }

    static let type: HeapType = HeapType(
        "LoopPort", qualifiedName: "subsgen._native.LoopPort",
        documentation: """
            LoopPort()
            --

            Where the runtime tells an event loop that there is something to take.
            """,
        new: { _, values, named in
            new(values, named, "LoopPort", takes: 0...0) { _ throws(PythonError) in
                try type.instance(holding: LoopPortObject(try ReadyList()))
            }
        },
        methods: [
            HeapType.Method(
                name: "fileno",
                documentation: """
                    fileno($self, /)
                    --

                    The descriptor that is readable while there is something to take.
                    """
            ) { this, values, count in
                method(this, values, count, "fileno") { (port: LoopPortObject) throws(PythonError) in
                    try Python.integer(Int(port.ready.descriptor))
                }
            },
            HeapType.Method(
                name: "take",
                documentation: """
                    take($self, loop=None, idle=None, limit=256, /)
                    --

                    What became ready since the last call, each once, but connections whose frames could all be sent at once.
                    """
            ) { this, values, count in
                method(this, values, count, "take", takes: 0...3) { (port: LoopPortObject, arguments) throws(PythonError) in
                    try port.take(arguments)
                }
            },
            HeapType.Method(
                name: "close",
                documentation: """
                    close($self, /)
                    --

                    Takes nothing any more. Calls that wait here, and those that are still to come, fail.
                    """
            ) { this, values, count in
                method(this, values, count, "close") { (port: LoopPortObject) in
                    unlocked { port.ready.close() }
                    return Python.none()
                }
            },
        ])

    private func take(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        var sending: SendingAtOnce?
        if !arguments.isNone(1) {
            let limit = arguments.isNone(2) ? 256 : try arguments.integer(2, in: 1...Int.max)
            sending = try SendingAtOnce(try arguments.any(0), try arguments.any(1), limit)
        }
        let taken = try Python.made(PyList_New(0))
        do throws(PythonError) {
            for entry in ready.take() {
                let object: PythonObject
                switch entry {
                case .source(let source):
                    // One whose Python object is gone has nobody to tell. It may have gone when another one's frames were sent.
                    guard let found = source.object else { continue }
                    object = Python.reference(found)
                case .call(let call): object = try ResolverCallObject.type.instance(holding: ResolverCallObject(call))
                }
                defer { Py_DecRef(object) }
                if try sending?.send(object) == true { continue }
                // Takes a reference of its own.
                guard PyList_Append(taken, object) == 0 else { throw .raised }
            }
            return taken
        } catch {
            Py_DecRef(taken)
            throw error
        }
    }
}
