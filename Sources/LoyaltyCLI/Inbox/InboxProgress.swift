import Foundation
import JSON

/// How far a file of the inbox has come, kept beside it so that a killed run goes on at its row.
struct InboxProgress: Equatable {
  /// Of the file as it was begun; another file under the same name is begun anew.
  var identity: String
  /// Rows done: published and acknowledged, or refused and written to the result file.
  var row = 0
  var published = 0
  var refused = 0
  /// Length of the result file up to that row.
  var resultBytes: Int64 = 0

  static func path(of file: String) -> String {
    let url = URL(fileURLWithPath: file)
    return url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).progress").path
  }

  /// Size and time of change.
  static func identity(of file: String) throws -> String {
    var status = stat()
    guard stat(file, &status) == 0 else { throw CommandFailure("\(file): cannot be looked at") }
    return "\(status.st_size):\(status.st_mtim.tv_sec):\(status.st_mtim.tv_nsec)"
  }

  init(of file: String) throws {
    identity = try Self.identity(of: file)
    guard let data = FileManager.default.contents(atPath: Self.path(of: file)),
      let kept = try? JSONValue(parsing: Array(data)), kept["identity"]?.string == identity
    else { return }
    row = Int(kept["row"]?.integer ?? 0)
    published = Int(kept["published"]?.integer ?? 0)
    refused = Int(kept["refused"]?.integer ?? 0)
    resultBytes = kept["resultBytes"]?.integer ?? 0
  }

  /// Replaces what was kept before in one step.
  func keep(for file: String) throws {
    let document = JSONValue.object([
      .init("identity", .string(identity)), .init("row", .number("\(row)")),
      .init("published", .number("\(published)")), .init("refused", .number("\(refused)")),
      .init("resultBytes", .number("\(resultBytes)")),
    ])
    try Data(document.compact.utf8).write(to: URL(fileURLWithPath: Self.path(of: file)), options: .atomic)
  }
}
