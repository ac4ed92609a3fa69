import Contracts
import Loyalty
import StreamRuntime

/// The programmes as `loyalty.programs`, a global topic of the service, holds them now.
package final class ProgramShelf: Shelf {
  package private(set) var catalog = ProgramCatalog()
  private let documents: GlobalTable
  private let library: ProgramLibrary
  private let log: StreamLog
  private var version = 0
  /// By key: the document, and when its record came.
  private var held: [[UInt8]: (version: Int, document: ProgramLibrary.Document)] = [:]
  private var records = 0
  private var lastInForce: ProgramsInForce?

  package init(_ context: ProcessorContext, library: ProgramLibrary = .shared) {
    documents = context.global(Topic.programs.name)
    self.library = library
    log = context.log
  }

  /// Takes in what was published since the last call, and only that. A document that does not follow the rules was not
  /// published by `loyalty programs publish`: it is left out, and the operator is told once a process.
  package func refresh() {
    let latest = documents.version
    guard latest != version else { return }
    documents.forEachChange(after: version) { key, bytes in
      records += 1
      held[Array(key)] = bytes.map { (records, document(of: $0)) }
    }
    version = latest
    lastInForce = nil
    catalog = ProgramCatalog(held.values.sorted { $0.version < $1.version }.compactMap(\.document.program))
    for (id, count) in catalog.leftOut where library.isNews(leftOut: count, of: id) {
      log(
        .error, "a programme has too many versions: those with the highest numbers are left out",
        [("programId", id), ("versionsMax", "\(ProgramCatalog.versionsMax)"), ("leftOut", "\(count)")])
    }
  }

  private func document(of bytes: UnsafeRawBufferPointer) -> ProgramLibrary.Document {
    let (document, isNew) = library.document(bytes)
    if isNew, case .failure(let refused) = document.outcome {
      log(.error, "a programme document is left out: it does not follow the rules", [("errors", "\(refused)")])
    }
    return document
  }

  /// The programmes in force at `instant`; most events in a row get the same answer.
  package func inForce(at instant: Instant) -> [Program] {
    if let last = lastInForce, last.holds(at: instant) { return last.programs }
    let found = catalog.spanInForce(at: instant)
    lastInForce = found
    return found.programs
  }
}
