import Contracts
import Loyalty
import StreamRuntime

/// The programmes as `loyalty.programs` holds them now.
final class ProgramShelf {
  private(set) var catalog = ProgramCatalog()
  private let context: ProcessorContext
  private var version = -1

  init(_ context: ProcessorContext) {
    self.context = context
  }

  /// Takes in what was published since the last call. A document that does not follow the rules was not published by
  /// `loyalty programs publish`: it is left out, and the operator is told.
  func refresh() {
    guard context.globals.version != version else { return }
    version = context.globals.version
    catalog = ProgramCatalog()
    context.globals.forEach(topic: 0) { document in
      do throws(ProgramRefused) {
        catalog.insert(try ProgramDocument.decode(document))
      } catch {
        context.log(.error, "a programme document is left out: it does not follow the rules", [("errors", "\(error)")])
      }
    }
  }
}
