import Testing

@testable import SubsgenRuntime

@Suite("Results of executions")
struct ExecutionResultTests {
    private func read(_ text: String) throws -> String {
        let response = try json(text)
        do throws(ExecutionResult.Malformed) {
            switch try ExecutionResult(response) {
            case .response(let response): return String(decoding: response, as: UTF8.self)
            case .requestErrors(let errors): return "errors " + String(decoding: errors, as: UTF8.self)
            }
        } catch {
            return error.reason
        }
    }

    @Test("A response keeps its data, errors and extensions, in this order, as they were written")
    func response() throws {
        #expect(try read(#"{"data":{"a":1}}"#) == #"{"data":{"a":1}}"#)
        #expect(
            try read(#" {"extensions": {"x": 1},"errors":[{"message":"m","path":["a", 0]}],"data": {"a": [1.0, "\u00e9"]}} "#)
                == #"{"data":{"a": [1.0, "\u00e9"]},"errors":[{"message":"m","path":["a", 0]}],"extensions":{"x": 1}}"#)
    }

    @Test("Errors and extensions that are null, and errors that are none, are left out")
    func nothing() throws {
        #expect(try read(#"{"data":{},"errors":null,"extensions":null}"#) == #"{"data":{}}"#)
        #expect(try read(#"{"data":{},"errors":[]}"#) == #"{"data":{}}"#)
    }

    @Test("Null for data is an execution's where an error has a path, and a request's where none has")
    func withoutData() throws {
        #expect(
            try read(#"{"data":null,"errors":[{"message":"m"},{"message":"n","path":["a"]}]}"#)
                == #"{"data":null,"errors":[{"message":"m"},{"message":"n","path":["a"]}]}"#)
        #expect(try read(#"{"data":null,"errors":[{"message":"m","path":null}]}"#) == #"errors [{"message":"m","path":null}]"#)
        #expect(try read(#"{"errors":[{"message":"m"}],"extensions":{}}"#) == #"errors [{"message":"m"}]"#)
    }

    @Test("What is no response says why")
    func malformed() throws {
        #expect(try read("[]") == "is no JSON object")
        #expect(try read("{}") == "has neither data nor errors")
        #expect(try read(#"{"data":null}"#) == "has neither data nor errors")
        #expect(try read(#"{"data":null,"errors":[]}"#) == "has neither data nor errors")
        #expect(try read(#"{"data":[1]}"#) == "has data that are no object")
        #expect(try read(#"{"data":{},"errors":"m"}"#) == "has errors that are no list")
        #expect(try read(#"{"data":{},"errors":["m"]}"#) == "has an error without a message")
        #expect(try read(#"{"data":{},"errors":[{"path":["a"]}]}"#) == "has an error without a message")
        #expect(try read(#"{"data":{},"hasNext":true}"#) == #"has the member "hasNext", and may have data, errors and extensions"#)
    }
}
