import Glibc
import Testing

@testable import subsgen

@Suite("News of the system")
struct InotifyTests {
    /// `struct inotify_event` as the system writes it.
    private func event(_ folder: Int32, mask: Int32 = IN_CREATE, _ name: String = "", padding: Int = 0) -> [UInt8] {
        let name = Array(name.utf8) + [UInt8](repeating: 0, count: padding)
        let head = [UInt32(bitPattern: folder), UInt32(bitPattern: mask), 0, UInt32(name.count)]
        return head.withUnsafeBytes { Array($0) } + name
    }

    @Test("Names end where their padding begins; news of the folder itself have none")
    func names() {
        let news = Inotify.News.read(event(1, "a.graphql", padding: 7) + event(2, mask: IN_DELETE_SELF) + event(3, "é", padding: 14))
        #expect(news.map(\.folder) == [1, 2, 3])
        #expect(news.map(\.name) == ["a.graphql", nil, "é"])
    }

    @Test("An overflow of the queue is told of no folder")
    func overflow() {
        let news = Inotify.News.read(event(-1, mask: IN_Q_OVERFLOW))
        #expect(news == [Inotify.News(folder: -1, isOverflow: true, name: nil)])
    }

    @Test("Half an event is none")
    func half() {
        let bytes = event(1, "name", padding: 12)
        for count in 0..<bytes.count { #expect(Inotify.News.read(bytes[..<count]).isEmpty) }
        #expect(Inotify.News.read(bytes).count == 1)
    }
}
