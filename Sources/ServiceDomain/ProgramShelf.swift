import Contracts
import Loyalty
import StreamRuntime

/// The programmes as `loyalty.programs`, a global topic of the service, holds them now.
package final class ProgramShelf: Shelf {
  package private(set) var catalog = ProgramCatalog()
  /// Moves with each change of ``catalog``.
  package private(set) var version = -1
  private let documents: GlobalTable
  private let log: StreamLog
  private var lastInForce: ProgramsInForce?

  package init(_ context: ProcessorContext) {
    documents = context.global(Topic.programs.name)
    log = context.log
  }

  /// Takes in what was published since the last call. A document that does not follow the rules was not published by
  /// `loyalty programs publish`: it is left out, and the operator is told.
  package func refresh() {
    let latest = documents.version
    guard latest != version else { return }
    version = latest
    catalog = ProgramCatalog()
    lastInForce = nil
    documents.forEachChange { _, document in
      guard let document else { return }
      do throws(ProgramRefused) {
        catalog.insert(try ProgramDocument.decode(document))
      } catch {
        log(.error, "a programme document is left out: it does not follow the rules", [("errors", "\(error)")])
      }
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
