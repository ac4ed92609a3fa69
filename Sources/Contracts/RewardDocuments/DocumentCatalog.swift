import Loyalty

/// All documents of a topic: which count now, and every version of each.
package struct DocumentCatalog<Document: VersionedDocument>: Sendable {
  private var versions: [String: [Int64: Document]] = [:]
  private var current: [String: Document] = [:]

  /// Of two with one id and version the later one counts.
  package init(_ documents: [Document] = []) {
    for document in documents { versions[document.id, default: [:]][document.version] = document }
    current = versions.compactMapValues { versions in
      versions.values.filter { $0.status != .draft }.max { $0.version < $1.version }
    }
  }

  /// The one that counts: the highest version that is no draft; nil: there is none.
  package subscript(id: String) -> Document? { current[id] }

  /// A version, whether it counts or not.
  package func version(_ number: Int64, of id: String) -> Document? { versions[id]?[number] }

  /// Whether a version counts now.
  package func counts(_ document: Document) -> Bool { current[document.id]?.version == document.version }

  /// Every version, by id and number.
  package var documents: [Document] {
    versions.values.joined().map(\.value).sorted { ($0.id, $0.version) < ($1.id, $1.version) }
  }
}

/// So many documents of one topic count, and so many bytes of them with their keys. Of more those of the lowest
/// versions are kept, in whatever order they were published, so that all who read them agree.
package enum DocumentBounds {
  package static let documentsMax = 20_000
  package static let bytesMax = 64 << 20
}
