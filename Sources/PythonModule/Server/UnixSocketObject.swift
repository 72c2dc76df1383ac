import CPython
import SubsgenServer

/// A socket of Unix for the servers of several processes, as Python sees it.
final class UnixSocketObject: Held {
    private let socket: UnixSocket

    private init(_ socket: UnixSocket) { self.socket = socket }

    static let type: HeapType = HeapType(
        "UnixSocket", qualifiedName: "subsgen._native.UnixSocket",
        documentation: """
            UnixSocket(path, /)
            --

            A socket that listens at a path.
            """,
        new: { _, values, named in
            new(values, named, "UnixSocket", takes: 1...1) { arguments throws(PythonError) in
                let path = try arguments.string(0)
                let socket: UnixSocket
                do throws(ServerError) { socket = try UnixSocket(path: path) } catch { throw .system(error.errno ?? 0) }
                return try type.instance(holding: UnixSocketObject(socket))
            }
        },
        methods: [
            HeapType.Method(
                name: "fileno",
                documentation: """
                    fileno($self, /)
                    --

                    Its descriptor, which whoever uses it closes.
                    """
            ) { this, values, count in
                method(this, values, count, "fileno") { (this: UnixSocketObject) throws(PythonError) in try Python.integer(Int(this.socket.descriptor)) }
            },
            HeapType.Method(
                name: "remove",
                documentation: """
                    remove($self, /)
                    --

                    Removes the file, unless another's has taken its place.
                    """
            ) { this, values, count in
                method(this, values, count, "remove") { (this: UnixSocketObject) in
                    this.socket.remove()
                    return Python.none()
                }
            },
        ])
}
