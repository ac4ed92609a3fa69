import Contracts
import Messages
import Synchronization

/// Template documents, decoded once a process: the partitions of all threads hold one and the same outcome. A document
/// that nobody holds any more is forgotten; of those that are refused, which nobody holds, the last ones are kept.
package final class TemplateLibrary: Sendable {
  package static let shared = TemplateLibrary()

  /// A document's outcome, read or refused.
  package final class Document: Sendable {
    package let outcome: Result<TemplateDocument, TemplateRefused>

    init(_ bytes: UnsafeRawBufferPointer) {
      outcome = Result { () throws(TemplateRefused) in try TemplateDocument(Array(bytes)) }
    }

    package var document: TemplateDocument? { try? outcome.get() }
  }

  private struct Held {
    weak var document: Document?
  }

  private struct State {
    /// By the digest of its bytes.
    var documents: [[UInt8]: Held] = [:]
    /// Refused ones, by the same.
    var refused: [[UInt8]: Document] = [:]
    /// So many entries make it worth looking for those that nobody holds.
    var sweepsAt = TemplateLibrary.sweptMin
  }

  private let state = Mutex(State())

  private static let sweptMin = 128
  private static let refusedMax = 100

  /// The document of these bytes. Others wait meanwhile: most of them want the same one.
  package func document(_ bytes: UnsafeRawBufferPointer) -> (document: Document, isNew: Bool) {
    let digest = SHA256.digest(of: bytes)
    return state.withLock { state in
      if let known = state.documents[digest]?.document ?? state.refused[digest] { return (known, false) }
      if state.documents.count >= state.sweepsAt {
        state.documents = state.documents.filter { $0.value.document != nil }
        state.sweepsAt = max(Self.sweptMin, 2 * state.documents.count)
      }
      let document = Document(bytes)
      guard document.document == nil else {
        state.documents[digest] = Held(document: document)
        return (document, true)
      }
      if state.refused.count >= Self.refusedMax { state.refused = [:] }
      state.refused[digest] = document
      return (document, true)
    }
  }
}
