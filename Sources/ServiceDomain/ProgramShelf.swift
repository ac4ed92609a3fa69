import Contracts
import Loyalty
import StreamRuntime

/// The programmes as `loyalty.programs`, a service's first global topic, holds them now.
package final class ProgramShelf {
  package private(set) var catalog = ProgramCatalog()
  /// Moves with each change of ``catalog``.
  package private(set) var version = -1
  private let context: ProcessorContext

  private static let globalTopic = 0
  private var lastInForce: ProgramsInForce?

  package init(_ context: ProcessorContext) {
    self.context = context
  }

  /// Takes in what was published since the last call. A document that does not follow the rules was not published by
  /// `loyalty programs publish`: it is left out, and the operator is told.
  package func refresh() {
    let latest = context.globals.version(of: Self.globalTopic)
    guard latest != version else { return }
    version = latest
    catalog = ProgramCatalog()
    lastInForce = nil
    context.globals.forEachChange(of: Self.globalTopic) { _, document in
      guard let document else { return }
      do throws(ProgramRefused) {
        catalog.insert(try ProgramDocument.decode(document))
      } catch {
        context.log(.error, "a programme document is left out: it does not follow the rules", [("errors", "\(error)")])
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
