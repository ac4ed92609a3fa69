import Contracts
import Foundation
import Loyalty
import ServiceKit

/// A programme document in a file, read strictly.
struct ProgramFile {
  static let file = Setting.path("file", help: "The programme document, JSON.")

  let bytes: [UInt8]
  let program: Program

  /// Throws what is wrong with the document; `verb` says what it cannot be.
  init(_ path: String, verb: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)): cannot be read")
    }
    bytes = Array(data)
    do {
      program = try ProgramDocument.decode(bytes, isNew: true)
    } catch {
      throw CommandFailure(Self.text(of: error, path, verb), isOfInput: true)
    }
  }

  static func text(of refused: ProgramRefused, _ path: String, _ verb: String) -> String {
    (["\(TerminalText.name(path)) is not \(verb):"] + refused.sentences.map { "  \($0)" }).joined(separator: "\n")
  }
}
