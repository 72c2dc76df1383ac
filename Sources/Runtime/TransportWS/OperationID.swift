/// The client's name for an operation: opaque, and unique in its connection while the operation runs.
///
/// Two ids are equal when their bytes are. `String` would take "é" for the same id however it is composed.
struct OperationID: Hashable, Sendable {
    let text: String

    static func == (left: OperationID, right: OperationID) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
