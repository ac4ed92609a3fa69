import Foundation

/// A compressed file as plain bytes, by way of the `gzip` program, which every Debian has.
final class GzipReader {
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private let name: String

  /// `descriptor` is read from its start by the child process; it stays the caller's.
  init(descriptor: Int32, name: String) throws {
    self.name = name
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc"]
    process.standardInput = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw CommandFailure("\(name): is compressed, and gzip cannot be run: \(error.localizedDescription)")
    }
  }

  /// The plain bytes.
  var descriptor: Int32 { output.fileHandleForReading.fileDescriptor }

  /// After the last byte: throws when the file was broken or cut off.
  func finish() throws {
    process.waitUntilExit()
    guard process.terminationStatus != 0 else { return }
    let text = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
    let reason = text.split(separator: "\n").first { !$0.isEmpty } ?? "gzip failed"
    // What `gzip` says of its input; killed or not found is another matter.
    let isOfInput = process.terminationReason == .exit && process.terminationStatus <= 2
    let told = isOfInput ? "is damaged or cut off (\(reason)); export it again" : String(reason)
    throw CommandFailure("\(name): \(told)", isOfInput: isOfInput)
  }

  /// Ends the child, which may not have written all it wanted to, and waits for that.
  func close() {
    // It writes to a pipe that nobody reads any more, and ends.
    try? output.fileHandleForReading.close()
    process.waitUntilExit()
  }
}
