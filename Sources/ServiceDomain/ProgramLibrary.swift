import Contracts
import Loyalty
import Synchronization

/// Programme documents, decoded once a process: the partitions of all threads hold one and the same outcome. A document
/// that nobody holds any more is forgotten, so that nothing grows beyond what the shelves hold; of those that are
/// refused, which nobody holds, the last ones are kept.
package final class ProgramLibrary: Sendable {
  package static let shared = ProgramLibrary()

  /// A document's outcome, read or refused.
  package final class Document: Sendable {
    package let outcome: Result<Program, ProgramRefused>

    init(_ bytes: UnsafeRawBufferPointer) {
      outcome = Result { () throws(ProgramRefused) in try ProgramDocument.decode(bytes) }
    }

    package var program: Program? { try? outcome.get() }
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
    var sweepsAt = ProgramLibrary.sweptMin
    /// By programme: how many versions too many were told of.
    var leftOutTold: [String: Int] = [:]
  }

  private let state = Mutex(State())

  private static let sweptMin = 128
  private static let refusedMax = 100

  package init() {}

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
      guard document.program != nil else {
        if state.refused.count >= Self.refusedMax { state.refused = [:] }
        state.refused[digest] = document
        return (document, true)
      }
      state.documents[digest] = Held(document: document)
      return (document, true)
    }
  }

  /// Whether nobody has told yet that so many versions of a programme are left out.
  package func isNews(leftOut count: Int, of programId: String) -> Bool {
    state.withLock { state in
      let isNews = state.leftOutTold[programId, default: 0] != count
      state.leftOutTold[programId] = count > 0 ? count : nil
      return isNews && count > 0
    }
  }

  /// Entries that it keeps.
  package var count: Int { state.withLock { $0.documents.count } }
}
