import Testing

@testable import SubsgenPostgres

@Suite("How far a process has read")
struct ReaderProgressTests {
    @Test("Positions of one history say nothing of another, which begins at its own first place")
    func ofAnotherHistory() {
        let progress = ReaderProgress()
        #expect(progress.position(0, of: 7) == 0)
        progress.set([0, 96], of: 7)
        #expect(progress.position(1, of: 7) == 96)
        // The database came back empty, and the reader does not know it yet.
        #expect(progress.position(1, of: 8) == 0)
        #expect(progress.positions == [0, 96])
    }

    @Test("A partition that there is not has not been read")
    func ofNoPartition() {
        let progress = ReaderProgress()
        progress.set([5], of: 7)
        #expect(progress.position(1, of: 7) == 0)
        #expect(progress.position(-1, of: 7) == 0)
    }
}
