import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// What has to be counted for each programme: a programme counts all that one of its versions measures, so that a new
/// version may measure something else, and pays for nothing more.
final class Meters {
  private let programs: ProgramShelf
  private var version = -1
  private var byPurchases: Set<String> = []
  private var byPoints: Set<String> = []

  init(_ programs: ProgramShelf) {
    self.programs = programs
  }

  /// After ``ProgramShelf/refresh()``.
  func refresh() {
    guard programs.version != version else { return }
    version = programs.version
    byPurchases = []
    byPoints = []
    for id in programs.catalog.programIds {
      let metrics = programs.catalog.versions(of: id).compactMap(\.tiers?.metric)
      if metrics.contains(where: \.isPoints) { byPoints.insert(id) }
      if metrics.contains(where: { !$0.isPoints }) { byPurchases.insert(id) }
    }
  }

  /// Whether spend and visits are counted.
  func countsPurchases(_ programId: String) -> Bool { byPurchases.contains(programId) }

  /// Whether points are counted.
  func countsPoints(_ programId: String) -> Bool { byPoints.contains(programId) }

  var countsAnyPoints: Bool { !byPoints.isEmpty }
}
