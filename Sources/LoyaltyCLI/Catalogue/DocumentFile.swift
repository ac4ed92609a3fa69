import Contracts
import Foundation
import JSON
import ServiceKit

/// The document of a reward, a pool or a partner in a file, read strictly.
struct DocumentFile<Document: VersionedDocument> {
  let path: String
  let bytes: [UInt8]
  let value: JSONValue
  let document: Document

  /// Throws what is wrong with the document; `verb` says what it cannot be.
  init(_ path: String, verb: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("\(TerminalText.name(path)): cannot be read")
    }
    self.path = path
    bytes = Array(data)
    do throws(ProgramRefused) {
      document = try Document(bytes, isNew: true)
    } catch {
      throw CommandFailure(ProgramFile.text(of: error, path, verb), isOfInput: true)
    }
    value = try JSONValue(parsing: bytes)
  }
}

extension VersionedDocument {
  /// For people: the name, the id and the version.
  var title: String {
    let name = names.name(in: ["en", "vi"]) ?? names.names.sorted { $0.key < $1.key }.first?.value
    return name.map { "\($0) (\(id), version \(version))" } ?? "\(id), version \(version)"
  }
}
