import Contracts
import Loyalty
import Synchronization

/// The programme documents of this process.
package final class ProgramLibrary: Sendable {
  package static let shared = ProgramLibrary()

  package typealias Document = DocumentLibrary<Program, ProgramRefused>.Document

  private let documents = DocumentLibrary<Program, ProgramRefused> { bytes in
    Result { () throws(ProgramRefused) in try ProgramDocument.decode(bytes) }
  }
  /// By programme: how many versions too many were told of.
  private let leftOutTold = Mutex<[String: Int]>([:])

  package init() {}

  /// See `DocumentLibrary.document`.
  package func document(_ bytes: UnsafeRawBufferPointer) -> (document: Document, isNew: Bool) {
    documents.document(bytes)
  }

  /// Whether nobody has told yet that so many versions of a programme are left out.
  package func isNews(leftOut count: Int, of programId: String) -> Bool {
    leftOutTold.withLock { told in
      let isNews = told[programId, default: 0] != count
      told[programId] = count > 0 ? count : nil
      return isNews && count > 0
    }
  }

  /// Entries that it keeps.
  package var count: Int { documents.count }
}

extension DocumentLibrary.Document where Value == Program {
  package var program: Program? { value }
}
