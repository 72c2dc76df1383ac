import ChildProcesses
import Foundation
import NIOSSL
import SubsgenServer
import Testing

/// A certificate for 127.0.0.1 and its key, in files that go with it, made by the command openssl.
final class TestCertificate {
    private let folder: URL
    var certificate: String { folder.appendingPathComponent("certificate.pem").path }
    var key: String { folder.appendingPathComponent("key.pem").path }
    var tls: ServerTLS { ServerTLS(certificateFile: certificate, keyFile: key) }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try make()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Others in the place of those that are there.
    func make() throws {
        try Self.openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate])
    }

    /// Another file with the key, encrypted.
    func encryptedKey() throws -> String {
        let path = folder.appendingPathComponent("encrypted.pem").path
        try Self.openssl(["pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", path])
        return path
    }

    func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

    /// What is in the file of the certificate.
    func inUse() throws -> NIOSSLCertificate { try #require(try NIOSSLCertificate.fromPEMFile(certificate).first) }

    private static func openssl(_ arguments: [String]) throws { _ = try ChildProcess.run(["openssl"] + arguments) }
}
