import Foundation
import JSON
import Messages
import ServiceKit

/// A template document in a file, read strictly.
struct TemplateFile {
  let path: String
  let bytes: [UInt8]
  let value: JSONValue
  let document: TemplateDocument

  static let several = Setting.text(
    "files", placeholder: "FILE,…", help: "Template documents, JSON; several with commas between them.")
  static let one = Setting.path("file", help: "The template document, JSON.")

  /// Throws what is wrong with all of them.
  static func read(_ list: String) throws -> [TemplateFile] {
    var files: [TemplateFile] = []
    var problems: [String] = []
    for path in list.split(separator: ",").map(String.init) {
      do {
        let file = try TemplateFile(path)
        if let other = files.first(where: { $0.document.key == file.document.key }) {
          problems.append("\(file.name) is the same version as \(other.name)")
        }
        files.append(file)
      } catch let failure as CommandFailure {
        problems.append(failure.description)
      }
    }
    guard problems.isEmpty else { throw CommandFailure(problems.joined(separator: "\n"), isOfInput: true) }
    return files
  }

  init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)): cannot be read")
    }
    self.path = path
    bytes = Array(data)
    do {
      document = try TemplateDocument(bytes)
      value = try JSONValue(parsing: bytes)
    } catch let refused as TemplateRefused {
      let lines = ["\(TerminalText.name(path)) is no template:"] + refused.sentences.map { "  \($0)" }
      throw CommandFailure(lines.joined(separator: "\n"), isOfInput: true)
    }
  }

  var name: String { TerminalText.name(path) }
}

extension TemplateDocument {
  /// `points-earned of coffee, version 3`.
  var title: String { "\(scopeTitle), version \(version)" }

  var scopeTitle: String { id + (programId.map { " of \($0)" } ?? "") }
}
