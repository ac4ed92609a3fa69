import Curl
import Foundation
import HTTP
import Testing

@Suite(.timeLimit(.minutes(10))) struct TLSTests {
  /// A folder with certificates that openssl makes for this test.
  final class Certificates {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("http-tls-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// `NAME.pem` and `NAME.key`, signed by itself, for this machine.
    func make(_ name: String) throws {
      try openssl([
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
        path("\(name).key"), "-out", path("\(name).pem"),
      ])
    }

    func write(_ text: String, _ name: String) throws {
      try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    func tls(_ certificate: String, _ key: String) throws(TLSError) -> ServerTLS {
      try ServerTLS(certificateFile: path(certificate), keyFile: path(key))
    }
  }

  /// Runs openssl with `input` on its standard input, which it sees end only when it has ended by itself.
  @discardableResult
  static func openssl(_ arguments: [String], input: String = "") throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    stdin.fileHandleForWriting.write(Data(input.utf8))
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: output, as: UTF8.self), process.terminationStatus)
  }

  func withTLS(
    _ settings: ServerSettings = ServerSettings(), told: Told = Told(),
    _ body: (HTTPServer, UInt16, String) throws -> Void
  ) throws {
    let certificates = try Certificates()
    try certificates.make("server")
    let tls = try certificates.tls("server.pem", "server.key")
    try withServer(
      settings, tls: tls, hooks: told.hooks,
      routes: { router in
        router.get("/") { _ in .text("served") }
        router.post("/") { .text("\($0.body.count)") }
      }
    ) { server, port in try body(server, port, certificates.path("server.pem")) }
  }

  /// One request over `openssl s_client`, all that comes back.
  func ask(_ port: UInt16, _ request: String, _ options: [String] = []) throws -> (output: String, status: Int32) {
    try Self.openssl(["s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + options, input: request)
  }

  @Test func libcurlGetsAndPostsOverACheckedCertificate() throws {
    try withTLS { _, port, certificate in
      let client = try HTTPClient(TransferOptions(caFile: certificate))
      defer { client.close() }
      let got = try client.send(HTTPRequest(.get, "https://localhost:\(port)/"))
      #expect(got == .answered(HTTPResponse(status: 200, body: Array("served".utf8))))
      let body = [UInt8](repeating: 7, count: 500_000)
      let posted = try client.send(HTTPRequest(.post, "https://127.0.0.1:\(port)/", body: body))
      #expect(posted == .answered(HTTPResponse(status: 200, body: Array("500000".utf8))))
    }
  }

  @Test func tls12And13AreSpokenAndOlderOnesNot() throws {
    try withTLS { _, port, _ in
      let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      for (option, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let answer = try ask(port, request, [option])
        #expect(answer.output.contains(name) && answer.output.contains("\r\n\r\nserved"), "\(answer.output)")
      }
      // The client's own rules must not be what forbids it.
      let old = try ask(port, request, ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
      #expect(old.status != 0 && old.output.contains("no peer certificate available"), "\(old.output)")
    }
  }

  @Test func tooLongBodyAndSlowRequestAreAnsweredOverTLSToo() throws {
    let told = Told()
    let tight = settings {
      $0.bodyBytesMax = 10
      $0.requestMs = 1_000
    }
    try withTLS(tight, told: told) { _, port, _ in
      let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      let long = try ask(port, head + "b\r\n01234567890\r\n")
      #expect(long.output.contains("HTTP/1.1 413 "))
      let slow = try ask(port, head + "3\r\n01")
      #expect(slow.output.contains("HTTP/1.1 408 "))
      #expect(told.entries(2).map(\.status) == [413, 408])
    }
  }

  @Test func handshakeThatStandsStillLosesItsPlace() throws {
    try withTLS(settings { $0.requestMs = 300 }) { _, port, _ in
      let started = ContinuousClock.now
      let answer = try RawClient(port).rest()
      #expect(answer == "" && ContinuousClock.now - started >= .milliseconds(250))
    }
  }

  @Test func plainRequestIsNotAnswered() throws {
    try withTLS { _, port, _ in
      let client = try RawClient(port)
      try client.ask("GET", "/")
      #expect(try !client.rest().contains("HTTP/1.1"))
    }
  }

  @Test func stopEndsConnectionsOfTLS() throws {
    try withTLS { server, port, _ in
      let silent = try RawClient(port)
      let started = ContinuousClock.now
      server.stop(withinMs: 30_000)
      #expect(ContinuousClock.now - started < .seconds(5))
      #expect(try silent.rest() == "")
    }
  }

  @Test func badFilesAreNamedBeforeAnythingListens() throws {
    let certificates = try Certificates()
    try certificates.make("one")
    try certificates.make("two")
    try certificates.write("no PEM\n", "text")
    try certificates.write("", "empty")
    func refusal(_ certificate: String, _ key: String) -> String {
      do {
        _ = try certificates.tls(certificate, key)
        return "none"
      } catch { return error.description.replacing(certificates.folder.path + "/", with: "") }
    }
    #expect(refusal("one.pem", "one.key") == "none")
    #expect(refusal("none.pem", "one.key") == "TLS certificate none.pem: No such file or directory")
    #expect(refusal("one.pem", "none.key") == "TLS key none.key: No such file or directory")
    #expect(refusal("", "one.key").hasSuffix(": Is a directory"))
    #expect(refusal("text", "one.key").hasPrefix("TLS certificate text: "))
    #expect(refusal("empty", "one.key").hasPrefix("TLS certificate empty: "))
    #expect(refusal("one.pem", "text").hasPrefix("TLS key text: "))
    #expect(refusal("one.key", "one.pem").hasPrefix("TLS certificate one.key: "))
    let mismatch = refusal("one.pem", "two.key")
    #expect(mismatch == "TLS certificate one.pem with the key two.key: The certificate and the given key do not match.")
  }

  /// root reads everything, so the file system's answer is only seen by others.
  @Test(.enabled(if: getuid() != 0)) func unreadableFileIsNamed() throws {
    let certificates = try Certificates()
    try certificates.make("one")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: certificates.path("one.key"))
    let error = #expect(throws: TLSError.self) { try certificates.tls("one.pem", "one.key") }
    #expect(error?.description.hasSuffix("one.key: Permission denied") == true)
  }
}
