import Foundation
import LoyaltyCLI
import Testing

@Suite(.timeLimit(.minutes(10))) struct LineSourceTests {
  private func lines(of bytes: [UInt8]) throws -> [String] {
    let path = NSTemporaryDirectory() + "/line-source-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    let source = try LineSource(path)
    defer { source.close() }
    var lines: [String] = []
    while try source.next({ lines.append("\(source.lineNumber):" + String(decoding: $0, as: UTF8.self)) }) {}
    return lines
  }

  @Test func blankLinesAreCountedButNotHandedOut() throws {
    #expect(try lines(of: Array("a\n\n  \r\nb\nc".utf8)) == ["1:a", "4:b", "5:c"])
    #expect(try lines(of: []).isEmpty)
  }

  @Test func linesLongerThanTheBufferComeWhole() throws {
    let long = String(repeating: "x", count: 700_000)
    #expect(try lines(of: Array("a\n\(long)\nb\n".utf8)) == ["1:a", "2:\(long)", "3:b"])
  }

  @Test func tooLongALineIsRefusedWithItsNumber() {
    let long = [UInt8](repeating: 0x78, count: LineSource.lineBytesMax + 1)
    let error = #expect(throws: CommandFailure.self) { try lines(of: Array("a\n".utf8) + long) }
    #expect(error?.description.contains("line 2: is longer than 8 MiB") == true)
  }

  @Test func missingFileIsNamed() {
    let error = #expect(throws: CommandFailure.self) { try LineSource("/nowhere/purchases.ndjson") }
    #expect(error?.description == "/nowhere/purchases.ndjson cannot be opened: No such file or directory")
  }

  @Test func gzipIsReadAsWhatItHoldsAndTwiceOver() throws {
    let source = try LineSource("Tests/Data/purchases-journey.ndjson.gz")
    defer { source.close() }
    let count = try #require(try source.count())
    var lines = 0
    while try source.next({ if $0.first == UInt8(ascii: "{") { lines += 1 } }) {}
    #expect(count == 15_167)
    #expect(lines == count)
  }

  /// What `gzip` makes of bytes.
  private func compressed(_ bytes: Data) throws -> [UInt8] {
    let plain = NSTemporaryDirectory() + "/line-source-\(UUID().uuidString)"
    try bytes.write(to: URL(fileURLWithPath: plain))
    defer { unlink(plain) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-c", plain]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(data)
  }

  @Test func gzipThatExpandsFarBeyondItsSizeIsRefused() throws {
    let free = Int(LineSource.expandedBytesFree)
    let most = try compressed(Data(repeating: 0x0A, count: free))
    #expect(try lines(of: most).isEmpty)
    let beyond = try compressed(Data(repeating: 0x0A, count: free + 1))
    let error = #expect(throws: CommandFailure.self) { try lines(of: beyond) }
    #expect(error?.isOfInput == true && error?.description.contains("expands to more than 64 MiB") == true)
  }

  @Test func cutOffGzipIsAnError() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: "Tests/Data/purchases-journey.ndjson.gz"))
    let error = #expect(throws: CommandFailure.self) { try lines(of: Array(whole.prefix(whole.count / 2))) }
    #expect(error?.description.contains("unexpected end of file") == true)
  }
}
