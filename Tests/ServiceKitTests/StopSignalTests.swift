import Foundation
import Testing

/// Sends real signals to a process of its own, `StopSignalProbe`, which lies beside the test bundle.
@Suite(.timeLimit(.minutes(10))) struct StopSignalTests {
  struct Ended {
    let output: String
    let status: Int32
    let bySignal: Bool
  }

  func probe(_ mode: String, _ react: (Process, FileHandle) throws -> String) throws -> Ended {
    let process = Process()
    let own = try #require(Bundle.main.executableURL)
    process.executableURL = own.deletingLastPathComponent().appendingPathComponent("StopSignalProbe")
    process.arguments = [mode]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    let said = try react(process, pipe.fileHandleForReading)
    process.waitUntilExit()
    return Ended(
      output: said, status: process.terminationStatus, bySignal: process.terminationReason == .uncaughtSignal)
  }

  /// Blocks until the probe has said this line.
  func read(_ handle: FileHandle, until line: String) -> String {
    var text = ""
    while !text.hasSuffix(line + "\n"), case let data = handle.availableData, !data.isEmpty {
      text += String(decoding: data, as: UTF8.self)
    }
    return text
  }

  @Test(arguments: [SIGTERM, SIGINT]) func firstSignalAsksToStopAndTheProcessEndsByItself(number: Int32) throws {
    let ended = try probe("ends") { process, output in
      let before = read(output, until: "running false")
      kill(process.processIdentifier, number)
      return before + read(output, until: "closed")
    }
    #expect(ended.output == "running false\nstopping true\nlate callback\nclosed\n")
    #expect(ended.status == 0 && !ended.bySignal)
  }

  @Test func secondSignalEndsTheProcessAtOnce() throws {
    let ended = try probe("hangs") { process, output in
      let before = read(output, until: "running false")
      kill(process.processIdentifier, SIGTERM)
      let after = read(output, until: "stopping true")
      kill(process.processIdentifier, SIGTERM)
      return before + after
    }
    #expect(ended.output == "running false\nstopping true\n")
    #expect(ended.status == 128 + SIGTERM && !ended.bySignal)
  }

  @Test func brokenPipeDoesNotEndTheProcess() throws {
    let ended = try probe("ends") { process, output in
      let before = read(output, until: "running false")
      kill(process.processIdentifier, SIGPIPE)
      kill(process.processIdentifier, SIGTERM)
      return before + read(output, until: "closed")
    }
    #expect(ended.status == 0 && !ended.bySignal)
  }

  @Test func aStopWaitsForNoThreadThatStillStarts() throws {
    let ended = try probe("starts") { process, output in
      let before = read(output, until: "begins nothing")
      kill(process.processIdentifier, SIGTERM)
      return before + read(output, until: "at once")
    }
    #expect(ended.output == "begins nothing\nat once\n")
    #expect(ended.status == 0 && !ended.bySignal)
  }

  @Test func aStopWaitsForTheThreadAtWorkAndLeavesThoseThatStart() throws {
    let ended = try probe("works") { process, output in
      let before = read(output, until: "begins true")
      kill(process.processIdentifier, SIGTERM)
      return before + read(output, until: "leaves true")
    }
    #expect(ended.output == "begins true\nfinishes\nleaves true\n")
    #expect(ended.status == 0 && !ended.bySignal)
  }
}
