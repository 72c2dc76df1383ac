import Testing

@testable import Codegen

@Suite("Lines of Python")
struct PythonLayoutTests {
    @Test("imported names stand in the order of ruff: by kind, by number, upper and lower case alike")
    func importOrder() {
        let names = [
            "T001", "T01", "T010", "T02", "T1", "T2", "T10", "Orders", "OrderUpdatedArgs", "T0a", "T1a2", "T1a10", "User_a", "UserA", "Users",
            "UserZ", "a", "a1", "a_", "a_b", "aB", "ab", "q01", "q1", "q2", "q10",
        ]
        let statement = PythonLayout.importing(names.reversed(), from: "x")
        #expect(statement == "from x import (\n" + names.map { "    \($0),\n" }.joined() + ")")
    }
}
