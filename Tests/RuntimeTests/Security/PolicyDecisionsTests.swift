import Testing

@testable import SubsgenRuntime

@Suite("What is known of policies")
struct PolicyDecisionsTests {
    /// A class, since `#expect` cannot look into a call that mutates.
    private final class Book {
        var decisions = PolicyDecisions<String>()
        var questions: [PolicyDecisions<String>.Question] = []

        func wait(_ waiter: String, _ policies: String...) -> String {
            switch decisions.wait(waiter, for: policies) {
            case .isKnown: return "known"
            case .waits: return "waits"
            case .ask(let question):
                questions.append(question)
                return "ask " + question.policies.joined(separator: " ")
            }
        }

        func answer(_ number: Int, _ granted: String...) -> [String] { answer(number, Set(granted)) }
        func fail(_ number: Int) -> [String] { answer(number, nil) }

        private func answer(_ number: Int, _ granted: Set<String>?) -> [String] {
            decisions.answer(questions[number], granted: granted).map { ([$0.waiter] + $0.denied).joined(separator: " -") }
        }
    }

    @Test("A policy is asked about once, and who needs it meanwhile waits for the same answer")
    func once() {
        let book = Book()
        #expect(book.wait("a", "p") == "ask p")
        #expect(book.wait("b", "p") == "waits")
        #expect(book.wait("c", "p", "q") == "ask q")
        #expect(book.decisions.waitingCount == 3)
        #expect(book.answer(0, "p") == ["a", "b"])
        #expect(book.answer(1) == ["c"])
        #expect(book.decisions.known == ["p": true, "q": false])
        #expect(book.wait("d", "q", "p") == "known")
    }

    @Test("What was not asked about is not known, whatever the hook grants")
    func unasked() {
        let book = Book()
        _ = book.wait("a", "p")
        #expect(book.answer(0, "p", "q") == ["a"])
        #expect(book.decisions.known == ["p": true])
    }

    @Test("Where the hook fails those who wait are denied what it was asked, and the next ask again")
    func failure() {
        let book = Book()
        _ = book.wait("a", "p")
        _ = book.wait("b", "q", "p")
        _ = book.wait("c", "q")
        #expect(book.fail(0) == ["a -p", "b -p"])
        #expect(book.decisions.known == [:])
        #expect(book.wait("d", "p") == "ask p")
        #expect(book.answer(1, "q") == ["c"])
    }

    @Test("When everything is forgotten, who waits looks again, and answers that are still to come say nothing")
    func forgotten() {
        let book = Book()
        _ = book.wait("a", "p")
        #expect(book.answer(0, "p") == ["a"])
        _ = book.wait("b", "q")
        #expect(book.decisions.forget() == ["b"])
        #expect(book.decisions.known == [:])
        #expect(book.wait("c", "q") == "ask q")
        #expect(book.answer(1, "q") == [])
        #expect(book.decisions.known == [:])
        #expect(book.answer(2) == ["c"])
        #expect(book.decisions.known == ["q": false])
    }
}
