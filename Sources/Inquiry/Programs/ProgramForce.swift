import Loyalty

/// Whether a version is what its programme goes by at an instant.
package enum ProgramForce: Equatable {
  case now
  case from(Instant)
  /// Another version took over.
  case until(Instant)
  case never

  package init(of program: Program, in catalog: ProgramCatalog, at instant: Instant) {
    guard program.status != .draft else {
      self = .never
      return
    }
    let versions = catalog.versions(of: program.id).filter { $0.status != .draft }
    let index = versions.firstIndex { $0.version == program.version }
    let next = index.flatMap { $0 + 1 < versions.count ? versions[$0 + 1] : nil }
    if let next, next.effectiveFrom <= program.effectiveFrom {
      self = .never
    } else if program.effectiveFrom > instant {
      self = .from(program.effectiveFrom)
    } else if let next, next.effectiveFrom <= instant {
      self = .until(next.effectiveFrom)
    } else {
      self = .now
    }
  }
}
