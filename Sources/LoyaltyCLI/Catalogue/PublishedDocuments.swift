import Contracts
import Inquiry
import JSON

/// The documents of a topic of rewards, pools or partners, the last of each key.
package struct PublishedDocuments<Document: VersionedDocument> {
  package let catalog: DocumentCatalog<Document>
  /// By key, as published.
  private let values: [String: [UInt8]]
  /// Why workers leave others out, by key.
  package let refused: [String: String]

  init(_ cluster: Cluster) throws { self.init(try PublishedValues.read(Document.topic, cluster)) }

  package init(_ values: [String: [UInt8]]) {
    var documents: [Document] = []
    var refused: [String: String] = [:]
    for (key, bytes) in values {
      do throws(ProgramRefused) {
        let document = try Document(bytes)
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
    catalog = DocumentCatalog(documents)
  }

  /// As it was published.
  package func value(of document: Document) throws -> JSONValue? {
    try values[document.key].map { try JSONValue(parsing: $0) }
  }

  /// Whether workers keep another one beside those that are published.
  package func hasRoom(for document: Document, bytes: Int) -> Bool {
    let others = values.filter { refused[$0.key] == nil && $0.key != document.key }
    let total = others.reduce(document.key.utf8.count + bytes) { $0 + $1.key.utf8.count + $1.value.count }
    return others.count < DocumentBounds.documentsMax && total <= DocumentBounds.bytesMax
  }
}
