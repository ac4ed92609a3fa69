import JSON

/// The documents of a reference topic, the last of each key, as workers read them.
struct DocumentTable<Document> {
  let documents: [Document]
  /// Why workers leave others out, by key.
  let refused: [String: String]
  /// By key, as published.
  private let values: [String: [UInt8]]

  init<Refusal: Error & CustomStringConvertible>(
    _ values: [String: [UInt8]], key: (Document) -> String, read: ([UInt8]) throws(Refusal) -> Document
  ) {
    var documents: [Document] = []
    var refused: [String: String] = [:]
    for (place, bytes) in values {
      do throws(Refusal) {
        let document = try read(bytes)
        if key(document) == place {
          documents.append(document)
        } else {
          refused[place] = "its key is not the one that it names"
        }
      } catch {
        refused[place] = error.description
      }
    }
    self.values = values
    self.documents = documents
    self.refused = refused
  }

  /// As it was published.
  func value(at key: String) throws -> JSONValue? { try values[key].map { try JSONValue(parsing: $0) } }

  /// Whether workers keep these beside those that are published, or in their place.
  func hasRoom(for new: [String: [UInt8]], documentsMax: Int, bytesMax: Int) -> Bool {
    let kept = values.filter { refused[$0.key] == nil }.merging(new) { _, new in new }
    let bytes = kept.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
    return kept.count <= documentsMax && bytes <= bytesMax
  }
}
