import Contracts
import Loyalty
import StreamRuntime

/// The programmes as `loyalty.programs`, a global topic of the service, holds them now.
package final class ProgramShelf: Shelf {
  package private(set) var catalog = ProgramCatalog()
  private let documents: GlobalTable
  private let library = ProgramLibrary.shared
  private let log: StreamLog
  private var version = 0
  /// By key: the document, and when its record came.
  private var held: [[UInt8]: (version: Int, document: ProgramLibrary.Document)] = [:]
  private var records = 0
  private var lastInForce: ProgramsInForce?

  package init(_ context: ProcessorContext) {
    documents = context.global(Topic.programs.name)
    log = context.log
  }

  /// Takes in what was published since the last call, and only that.
  package func refresh() {
    let latest = documents.version
    guard latest != version else { return }
    documents.forEachChange(after: version, startingOver: { held = [:] }) { key, bytes in
      records += 1
      held[Array(key)] = bytes.map { (records, library.document($0).document) }
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

  /// The programmes in force at `instant`; most events in a row get the same answer.
  package func inForce(at instant: Instant) -> [Program] {
    if let last = lastInForce, last.holds(at: instant) { return last.programs }
    let found = catalog.spanInForce(at: instant)
    lastInForce = found
    return found.programs
  }
}
