import CLibFuzzer
import Glibc
import SDLParser

/// Any bytes: the parser comes to an end, and every diagnostic stands inside the document, in its order, and can be printed.
@main
enum FuzzParser {
    static func main() {
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        var count = CommandLine.argc
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzz($0, $1) })
    }
}

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let source = Source(name: "input", bytes: Array(UnsafeBufferPointer(start: start, count: count)))
    let result = Parser.parse(source)
    var previous: UInt32 = 0
    for diagnostic in result.diagnostics {
        for span in [diagnostic.span] + diagnostic.notes.map(\.span) {
            precondition(span.start <= span.end && Int(span.end) <= count, "a place outside of the document")
        }
        precondition(previous <= diagnostic.span.start, "diagnostics out of order")
        previous = diagnostic.span.start
    }
    precondition(DiagnosticPrinter(style: .coloured).print(result.diagnostics).isEmpty == result.diagnostics.isEmpty)
    // What was understood of a faulty document can be walked.
    precondition(!Printer.print(result.tree.document).isEmpty)
    return 0
}
