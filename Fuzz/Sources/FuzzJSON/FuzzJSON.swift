import CLibFuzzer
import Glibc
import SubsgenRuntime

/// Any bytes: the reader comes to an end; a mistake stands inside the text; a document can be walked, and each part of it is a document.
@main
enum FuzzJSON {
    static func main() {
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        var count = CommandLine.argc
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzz($0, $1) })
    }
}

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(JSONSyntaxError) {
        let document = try JSONDocument.parse(bytes)
        precondition(document.bytes == bytes)
        walk(document.root, depth: 0)
    } catch {
        precondition(0...count ~= error.offset, "a mistake outside of the text")
        precondition(!error.description.isEmpty)
    }
    return 0
}

private func walk(_ value: JSONValue, depth: Int) {
    // Every part of a document is one itself; only of the outer parts, because each is read anew.
    if depth < 4 {
        do throws(JSONSyntaxError) {
            let part = try JSONDocument.parse(Array(value.rawBytes))
            precondition(part.root.kind == value.kind)
        } catch {
            preconditionFailure("a part is no document: \(error)")
        }
    }
    switch value.kind {
    case .null: precondition(value.isNull)
    case .boolean: precondition(value.boolean != nil)
    case .number: precondition(value.numberText?.isEmpty == false && value.double != nil)
    case .string: precondition(value.string != nil)
    case .array:
        for element in value.elements { walk(element, depth: depth + 1) }
    case .object:
        for member in value.members {
            precondition(value[member.key]?.rawBytes == member.value.rawBytes, "a key does not lead to its value")
            walk(member.value, depth: depth + 1)
        }
    }
}
