import Contracts
import Inquiry
import JSON
import Messages

/// The template documents on `loyalty.templates`, the last of each key.
struct PublishedTemplates {
  let catalog: TemplateCatalog
  /// By key, as published.
  private let values: [String: [UInt8]]
  /// Why the notifier leaves others out, by key.
  let refused: [String: String]

  init(_ cluster: Cluster) throws {
    self.init(try PublishedValues.read(.templates, cluster))
  }

  init(_ values: [String: [UInt8]]) {
    var documents: [TemplateDocument] = []
    var refused: [String: String] = [:]
    for (key, bytes) in values {
      do throws(TemplateRefused) {
        let document = try TemplateDocument(bytes)
        if document.key == key {
          documents.append(document)
        } else {
          refused[key] = "its key is not the one that it names"
        }
      } catch {
        refused[key] = error.description
      }
    }
    self.values = values
    self.refused = refused
    catalog = TemplateCatalog(documents)
  }

  /// As it was published.
  func value(of document: TemplateDocument) throws -> JSONValue? {
    try values[document.key].map { try JSONValue(parsing: $0) }
  }

  /// Whether the notifier keeps another one beside those that are published.
  func hasRoom(for files: [TemplateFile]) -> Bool {
    let kept = values.filter { refused[$0.key] == nil }
    let bytes =
      kept.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
      + files.reduce(0) { $0 + $1.document.key.utf8.count + $1.bytes.count }
    return kept.count + files.count <= TemplateCatalog.documentsMax && bytes <= TemplateCatalog.documentBytesMax
  }
}
