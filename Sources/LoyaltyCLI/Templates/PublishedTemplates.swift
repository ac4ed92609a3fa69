import Contracts
import Inquiry
import JSON
import Messages

/// The template documents on `loyalty.templates`.
struct PublishedTemplates {
  let catalog: TemplateCatalog
  private let table: DocumentTable<TemplateDocument>

  init(_ cluster: Cluster) throws {
    table = DocumentTable(try PublishedValues.read(.templates, cluster), key: \.key) {
      bytes throws(TemplateRefused) in try TemplateDocument(bytes)
    }
    catalog = TemplateCatalog(table.documents)
  }

  /// Why the notifier leaves others out, by key.
  var refused: [String: String] { table.refused }

  /// As it was published.
  func value(of document: TemplateDocument) throws -> JSONValue? { try table.value(at: document.key) }

  /// Whether the notifier keeps these beside those that are published.
  func hasRoom(for files: [TemplateFile]) -> Bool {
    table.hasRoom(
      for: Dictionary(files.map { ($0.document.key, $0.bytes) }) { _, last in last },
      documentsMax: TemplateCatalog.documentsMax, bytesMax: TemplateCatalog.documentBytesMax)
  }
}
