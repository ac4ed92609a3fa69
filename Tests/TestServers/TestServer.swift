import Foundation

/// A server in Python, run as a process of its own for the length of one test. It prints a JSON object a line and ends
/// when its standard input does; whatever happens, it is gone when `stop()` returns.
package final class TestServer {
  package let port: Int
  package let certificate: String?
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// How long a server gets to say what a test waits for.
  private static let waitMs: Int32 = 15_000
  private static let setPipeSize: Int32 = 1031

  /// STAMPEDE_TEST_PYTHON, or the one in `.venv` (`make .venv/ready`); nil without either.
  package static let python: String? = {
    let named = ProcessInfo.processInfo.environment["STAMPEDE_TEST_PYTHON"] ?? package + "/.venv/bin/python"
    return FileManager.default.isExecutableFile(atPath: named) ? named : nil
  }()

  package static let missingPython = "needs aiosmtpd: `make .venv/ready`, or set STAMPEDE_TEST_PYTHON"

  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Starts `script`, found under Tests, and waits until it is ready.
  package static func run<Result>(
    _ script: String, _ arguments: [String] = [], _ body: (TestServer) throws -> Result
  ) throws -> Result {
    let server = try TestServer(script, arguments)
    defer { server.stop() }
    return try body(server)
  }

  private init(_ script: String, _ arguments: [String]) throws {
    guard let python = Self.python else { throw Failure(description: Self.missingPython) }
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["\(Self.package)/Tests/\(script)"] + arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // A test may read at its end only, and until then the server must not wait for it. Linux: F_SETPIPE_SZ, in bytes.
    _ = fcntl(output.fileHandleForReading.fileDescriptor, Self.setPipeSize, 1 << 20)
    do {
      let ready = try Self.event(["ready"], output.fileHandleForReading, &unread)
      guard let port = ready["port"] as? Int else { throw Failure(description: "\(script) names no port") }
      self.port = port
      certificate = ready["certificate"] as? String
    } catch {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      throw error
    }
  }

  /// Waits for the next line about this kind of event; lines about others are skipped.
  package func next(_ event: String) throws -> [String: Any] { try next(anyOf: [event]) }

  package func next(anyOf events: Set<String>) throws -> [String: Any] {
    try Self.event(events, output.fileHandleForReading, &unread)
  }

  /// A line for its standard input.
  package func tell(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

  /// Ends the server now, as a crash would.
  package func crash() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func stop() {
    input.fileHandleForWriting.closeFile()
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  private static func event(
    _ names: Set<String>, _ handle: FileHandle, _ unread: inout Data
  ) throws -> [String: Any] {
    let awaited = names.sorted().joined(separator: " or ")
    while true {
      while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(unread[unread.startIndex..<end])
        unread = Data(unread[(end + 1)...])
        guard let event = try JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
        if let name = event["event"] as? String, names.contains(name) { return event }
      }
      var waiting = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, waitMs) > 0 else { throw Failure(description: "the server did not say \(awaited)") }
      let data = handle.availableData
      guard !data.isEmpty else { throw Failure(description: "the server ended before it said \(awaited)") }
      unread += data
    }
  }
}
