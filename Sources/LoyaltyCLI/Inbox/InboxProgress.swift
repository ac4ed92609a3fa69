import Foundation
import JSON

/// How far a file of the inbox has come, so that a killed run goes on at its row.
package struct InboxProgress: Equatable {
  /// Of the file as it was begun; another file under the same name is begun anew, and so is one under another name.
  private let file: FileIdentity
  private let name: String
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
  /// More than any file has; what a damaged one says beyond it overflows no sum.
  private static let rowsMax: Int64 = 1 << 53

  /// At the first row.
  init(of name: String, _ file: FileIdentity) {
    self.name = name
    self.file = file
  }

  /// What is kept of this file; at the first row where nothing is.
  package init(of name: String, _ file: FileIdentity, in state: InboxState) {
    self.init(of: name, file)
    guard let kept = try? JSONValue(parsing: state.read(file, bytesMax: Self.bytesMax)),
      kept["identity"]?.string == file.description, kept["name"]?.string == name
    else { return }
    func number(_ name: String) -> Int64 { min(Self.rowsMax, max(0, kept[name]?.integer ?? 0)) }
    row = Int(number("row"))
    published = Int(number("published"))
    refused = Int(number("refused"))
    // An earlier release named them all.
    listed = kept["listed"] == nil ? refused : Int(number("listed"))
    resultBytes = number("resultBytes")
    target = kept["target"]?.string.flatMap { FolderHandle.isName($0) ? $0 : nil }
    problem = kept["problem"]?.string
  }

  package func keep(in state: InboxState) throws {
    var members: [JSONValue.Member] = [
      .init("identity", .string(file.description)), .init("name", .string(name)), .init("row", .number("\(row)")),
      .init("published", .number("\(published)")), .init("refused", .number("\(refused)")),
      .init("listed", .number("\(listed)")), .init("resultBytes", .number("\(resultBytes)")),
    ]
    if let target { members.append(.init("target", .string(target))) }
    if let problem { members.append(.init("problem", .string(problem))) }
    try state.keep(JSONValue.object(members).compact, file)
  }
}
