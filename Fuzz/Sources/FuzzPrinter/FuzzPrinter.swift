import CLibFuzzer
import Glibc
import SDLParser

/// A document without mistakes: printing and formatting keep its productions and values, and doing it again changes nothing.
@main
enum FuzzPrinter {
    static func main() {
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        var count = CommandLine.argc
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzz($0, $1) })
    }
}

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let result = Parser.parse(Source(name: "input", bytes: Array(UnsafeBufferPointer(start: start, count: count))))
    if !result.diagnostics.isEmpty { return 0 }
    expectSame(result.tree) { Printer.print($0.document) }
    expectSame(result.tree) { Printer.format($0) }
    return 0
}

private func expectSame(_ tree: SyntaxTree, _ print: (SyntaxTree) -> String) {
    let printed = print(tree)
    let again = Parser.parse(Source(name: "printed", text: printed))
    precondition(again.diagnostics.isEmpty, "the canonical text has mistakes")
    precondition(isSame(tree.document.node, again.tree.document.node), "the canonical text means something else")
    precondition(print(again.tree).utf8.elementsEqual(printed.utf8), "printing again changes the text")
}

/// Whether two trees have the same productions, names and values.
private func isSame(_ left: SyntaxNode, _ right: SyntaxNode) -> Bool {
    guard left.kind == right.kind, left.name.utf8.elementsEqual(right.name.utf8) else { return false }
    switch left.kind {
    case .stringValue:
        guard StringValueSyntax(node: left).value.utf8.elementsEqual(StringValueSyntax(node: right).value.utf8) else { return false }
    case .intValue, .floatValue, .booleanValue:
        guard left.source.text(left.span) == right.source.text(right.span) else { return false }
    case .operationDefinition:
        let operations = (OperationDefinitionSyntax(node: left), OperationDefinitionSyntax(node: right))
        guard operations.0.operation == operations.1.operation, operations.0.isShorthand == operations.1.isShorthand else { return false }
    case .directiveDefinition:
        guard DirectiveDefinitionSyntax(node: left).isRepeatable == DirectiveDefinitionSyntax(node: right).isRepeatable else { return false }
    default: break
    }
    var others = right.children
    for child in left.children {
        guard let other = others.next(), isSame(child, other) else { return false }
    }
    return others.next() == nil
}
