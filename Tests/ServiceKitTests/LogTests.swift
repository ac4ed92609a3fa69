import Foundation
import ServiceKit
import Testing
import Threads

@Suite(.timeLimit(.minutes(10))) struct LogTests {
  /// What `body` wrote through a log on a pipe.
  func written(
    _ level: LogLevel, _ format: LogOutput.Format? = nil, _ body: (Log) throws -> Void
  ) rethrows -> [String] {
    let pipe = Pipe()
    let output = LogOutput(
      level: level, format: format, descriptor: pipe.fileHandleForWriting.fileDescriptor, nowMs: { 1_795_327_481_007 })
    try body(Log("points-engine", to: output))
    pipe.fileHandleForWriting.closeFile()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test func lineIsOneJSONObjectWhenNotATerminal() {
    let lines = written(.info) {
      $0.info("assigned partitions", ["partitions": "0,1", "lag": 12, "caughtUp": false, "seconds": 0.5])
    }
    #expect(
      lines == [
        #"{"time":"2026-11-22T06:04:41.007Z","level":"info","service":"points-engine","message":"assigned partitions","#
          + #""partitions":"0,1","lag":12,"caughtUp":false,"seconds":0.5}"#
      ])
  }

  @Test func quotesControlCharactersAndLineEndsAreEscaped() throws {
    let message = "a\"b\\c\nd\u{1}é\t"
    let lines = written(.info) { $0.error(message, ["n": Double.nan]) }
    #expect(lines.count == 1)
    let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String]
    #expect(object?["message"] == message)
    #expect(object?["n"] == "nan")
  }

  @Test func textForAPersonKeepsToOneLine() {
    let lines = written(.debug, .text) {
      $0.warning("slow\nbroker", ["thread": "stream-1", "waited": 3, "why": "two words\u{1B}[2J"])
    }
    #expect(
      lines == [#"06:04:41.007 warning points-engine: slow broker  thread=stream-1  waited=3  why="two words [2J""#])
  }

  @Test(arguments: [LogOutput.Format.json, .text]) func longTextIsCutOffBetweenCharacters(format: LogOutput.Format) {
    let long = String(repeating: "é", count: 1_000_000)
    let lines = written(.info, format) { $0.error(long, ["errors": long, "short": "s"]) }
    #expect(lines.count == 1 && lines[0].utf8.count < 20_000)
    #expect(lines[0].contains("é… (2000000 bytes)") && lines[0].contains("short"))
  }

  @Test func linesBelowTheLevelAreNeitherWrittenNorBuilt() {
    var built = 0
    let lines = written(.warning) { log in
      log.info(
        {
          built += 1; return "quiet"
        }())
      log.warning("loud")
    }
    #expect(lines.count == 1 && built == 0)
  }

  @Test func linesOfManyThreadsNeverMix() throws {
    let lines = try written(.info) { log in
      let threads = try (0..<4).map { number in
        try OwnedThread("logger-\(number)") {
          for line in 0..<50 { log.info("line", ["number": number * 1000 + line]) }
        }
      }
      for thread in threads { try thread.join() }
    }
    let numbers = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["number"] as? Int
    }
    #expect(Set(numbers.compactMap { $0 }).count == 200 && lines.count == 200)
  }
}
