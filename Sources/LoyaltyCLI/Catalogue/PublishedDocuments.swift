import Contracts
import Inquiry
import JSON

/// The documents of a topic of rewards, pools or partners.
package struct PublishedDocuments<Document: VersionedDocument> {
  package let catalog: DocumentCatalog<Document>
  private let table: DocumentTable<Document>

  init(_ cluster: Cluster) throws { self.init(try PublishedValues.read(Document.topic, cluster)) }

  package init(_ values: [String: [UInt8]]) {
    table = DocumentTable(values, key: \.key) { bytes throws(ProgramRefused) in try Document(bytes) }
    catalog = DocumentCatalog(table.documents)
  }

  /// Why workers leave others out, by key.
  package var refused: [String: String] { table.refused }

  /// As it was published.
  package func value(of document: Document) throws -> JSONValue? { try table.value(at: document.key) }

  /// Whether workers keep another one beside those that are published.
  package func hasRoom(for document: Document, _ bytes: [UInt8]) -> Bool {
    table.hasRoom(
      for: [document.key: bytes], documentsMax: DocumentBounds.documentsMax, bytesMax: DocumentBounds.bytesMax)
  }
}
