import Foundation
import JSON

/// How far a file of the inbox has come, kept beside it so that a killed run goes on at its row.
package struct InboxProgress: Equatable {
  /// Of the file as it was begun; another file under the same name is begun anew.
  package var identity: String
  /// Rows done: published and acknowledged, or refused and written to the result file.
  package var row = 0
  package var published = 0
  package var refused = 0
  /// Of these the ones that the result file names.
  package var listed = 0
  /// Length of the result file up to that row.
  package var resultBytes: Int64 = 0
  /// The name in `done/` that was chosen: all rows are done, and the two files are under way there.
  package var target: String?
  /// Why the file cannot be read further, however often it is tried.
  package var problem: String?

  private static let bytesMax = 64 << 10

  package static func path(of file: String) -> String {
    let url = URL(fileURLWithPath: file)
    return url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).progress").path
  }

  /// At the first row.
  package init(identity: FileIdentity) { self.identity = identity.description }

  /// What is kept of this file; at the first row where nothing is.
  package init(of file: String, identity: FileIdentity) {
    self.init(identity: identity)
    guard let kept = try? JSONValue(parsing: Self.read(Self.path(of: file))),
      kept["identity"]?.string == self.identity
    else { return }
    func number(_ name: String) -> Int64 { max(0, kept[name]?.integer ?? 0) }
    row = Int(number("row"))
    published = Int(number("published"))
    refused = Int(number("refused"))
    // An earlier release named them all.
    listed = kept["listed"] == nil ? refused : Int(number("listed"))
    resultBytes = number("resultBytes")
    target = kept["target"]?.string
    problem = kept["problem"]?.string
  }

  /// Replaces what was kept before in one step.
  package func keep(for file: String) throws {
    var members: [JSONValue.Member] = [
      .init("identity", .string(identity)), .init("row", .number("\(row)")),
      .init("published", .number("\(published)")), .init("refused", .number("\(refused)")),
      .init("listed", .number("\(listed)")), .init("resultBytes", .number("\(resultBytes)")),
    ]
    if let target { members.append(.init("target", .string(target))) }
    if let problem { members.append(.init("problem", .string(problem))) }
    let path = Self.path(of: file)
    let new = path + ".new"
    unlink(new)
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CommandFailure("\(new): cannot be written: \(String(cString: strerror(errno)))")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data(JSONValue.object(members).compact.utf8))
    try handle.synchronize()
    try handle.close()
    guard rename(new, path) == 0 else {
      throw CommandFailure("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  /// Empty where there is none.
  private static func read(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    guard FileIdentity(descriptor: descriptor) != nil else { return [] }
    return [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
      count = max(0, Foundation.read(descriptor, buffer.baseAddress, bytesMax))
    }
  }
}
