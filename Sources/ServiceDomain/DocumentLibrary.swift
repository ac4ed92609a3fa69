import Synchronization

/// Documents of a reference topic, decoded once a process: the partitions of all threads hold one and the same
/// outcome. A document that nobody holds any more is forgotten, so that nothing grows beyond what the shelves hold; of
/// those that are refused, which nobody holds, the last ones are kept.
package final class DocumentLibrary<Value: Sendable, Refusal: Error>: Sendable {
  /// A document's outcome, read or refused.
  package final class Document: Sendable {
    package let outcome: Result<Value, Refusal>

    init(_ outcome: Result<Value, Refusal>) { self.outcome = outcome }

    package var value: Value? { try? outcome.get() }
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
    var sweepsAt = sweptMin
  }

  private let state = Mutex(State())
  private let read: @Sendable (UnsafeRawBufferPointer) -> Result<Value, Refusal>

  /// - Parameter read: decodes a document, and finds it right.
  package init(_ read: @escaping @Sendable (UnsafeRawBufferPointer) -> Result<Value, Refusal>) { self.read = read }

  /// The document of these bytes. Others wait meanwhile: most of them want the same one.
  package func document(_ bytes: UnsafeRawBufferPointer) -> (document: Document, isNew: Bool) {
    let digest = SHA256.digest(of: bytes)
    return state.withLock { state in
      if let known = state.documents[digest]?.document ?? state.refused[digest] { return (known, false) }
      if state.documents.count >= state.sweepsAt {
        state.documents = state.documents.filter { $0.value.document != nil }
        state.sweepsAt = max(sweptMin, 2 * state.documents.count)
      }
      let document = Document(read(bytes))
      guard document.value != nil else {
        if state.refused.count >= refusedMax { state.refused = [:] }
        state.refused[digest] = document
        return (document, true)
      }
      state.documents[digest] = Held(document: document)
      return (document, true)
    }
  }

  /// Entries that it keeps.
  package var count: Int { state.withLock { $0.documents.count } }
}

private let sweptMin = 128
private let refusedMax = 100
