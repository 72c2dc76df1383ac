import Testing

@testable import SubsgenServer

@Suite("What the handshake computes")
struct HandshakeArithmeticTests {
    @Test(
        "SHA-1 of the examples of FIPS 180",
        arguments: [
            ("", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
            ("abc", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "hJg+RBw70m66rkqh+VEp5eVGcPE="),
        ])
    func digest(_ message: String, _ digest: String) {
        #expect(Base64.encoded(SHA1.digest(of: Array(message.utf8))) == digest)
    }

    @Test(
        "How many bytes Base64 stands for",
        arguments: [
            ("dGhlIHNhbXBsZSBub25jZQ==", 16), ("AA==", 1), ("AAA=", 2), ("AAAA", 3), ("", 0), ("AAA", nil), ("A*A=", nil), ("A===", nil),
        ])
    func count(_ text: String, _ count: Int?) {
        #expect(Base64.count(text) == count)
    }
}
