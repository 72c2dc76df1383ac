import RemoteBus
import SubsgenRuntime
import Testing

@testable import SubsgenRedis

@Suite("What goes over the wire to Redis")
struct WireTests {
    @Test("A command is an array of strings in RESP, whatever their bytes")
    func command() {
        var command = RedisCommand(words: 3)
        command.append("SET")
        command.append([0, 13, 10, 255])
        command.append("ä")
        #expect(command.bytes == Array("*3\r\n$3\r\nSET\r\n$4\r\n".utf8) + [0, 13, 10, 255] + Array("\r\n$2\r\nä\r\n".utf8))
    }

    @Test("An id gives its text, its text the id")
    func ids() {
        for id in [StreamID.zero, StreamID(milliseconds: 1_700_000_000_000, number: 7), .end] {
            #expect(StreamID(id.description.utf8) == id)
        }
        for text in ["", "-", "1", "1-", "-1", "1-2-3", "a-1", "1-18446744073709551616", "+1-1", "1 -1"] {
            #expect(StreamID(text.utf8) == nil, "\(text)")
        }
    }

    @Test("The numbers of cursors are in the order of the ids, and give them back")
    func sequences() throws {
        var random = SystemRandomNumberGenerator()
        let ids = (0..<500).map { _ in
            StreamID(milliseconds: .random(in: 0..<1 << 42, using: &random), number: .random(in: 0..<1 << 22, using: &random))
        } + [.zero, StreamID(milliseconds: 1 << 42 - 1, number: 1 << 22 - 1)]
        for id in ids { #expect(StreamID(sequence: try #require(id.sequence)) == id) }
        #expect(ids.sorted().map(\.sequence) == ids.map(\.sequence).sorted { ($0 ?? 0) < ($1 ?? 0) })
        #expect(StreamID(milliseconds: 1 << 42, number: 0).sequence == nil)
        #expect(StreamID(milliseconds: 0, number: 1 << 22).sequence == nil)
    }

    @Test("Attempts to connect become rarer up to five seconds, and never all at once")
    func backoff() {
        var random = SystemRandomNumberGenerator()
        var backoff = Backoff()
        let waits = (0..<100).map { _ in backoff.next(using: &random) }
        #expect((25_000_000...50_000_000).contains(waits[0]))
        #expect((50_000_000...100_000_000).contains(waits[1]))
        #expect(waits.dropFirst(7).allSatisfy { (2_500_000_000...5_000_000_000).contains($0) })
        #expect(Set(waits.dropFirst(7)).count > 1)
        backoff.reset()
        #expect(backoff.next(using: &random) <= 50_000_000)
    }

    @Test("The checksum is that of zlib, so that any language finds the stream of a topic")
    func checksum() {
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.of("".utf8) == 0)
    }

    @Test("A template without braces has one stream, one with braces as many as there are partitions, whatever the arguments are called")
    func streams() {
        let names = StreamNames(prefix: "p", partitions: 4)
        #expect(names.streams(template: "orderCreated") == ["p:events:orderCreated:0"])
        #expect(names.stream(of: BusTopic(name: "orderCreated", template: "orderCreated")) == "p:events:orderCreated:0")
        #expect(names.streams(template: "chat.{roomId}.{user}") == (0..<4).map { "p:events:chat.{}.{}:\($0)" })
        // 0xCBF43926 % 4
        #expect(names.stream(of: BusTopic(name: "123456789", template: "{a}")) == "p:events:{}:2")
        #expect(StreamNames.number(of: "a") == 0xAF63_DC4C_8601_EC8C)
    }
}
