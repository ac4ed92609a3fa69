import Loyalty

/// What a version of a programme does to the others, once it is published.
package struct PublishEffects: Equatable {
  /// The version that went by the time from which this one counts; nil: none did.
  package var takesOverFrom: Int?
  /// When another version takes over from this one, and which.
  package var followedBy: Successor?
  /// Versions that were in force, or were to be, and never will be.
  package var neverAnyMore: [Int] = []
  /// Another version takes effect at the same instant and has the higher number.
  package var isNeverInForce = false
  /// It takes effect in the past, and other versions were published for that time or after it.
  package var reachesBack = false

  package struct Successor: Equatable {
    package var version: Int
    package var at: Instant
  }

  /// Whether somebody must say that this is meant.
  package var needsConsent: Bool { reachesBack || isNeverInForce || !neverAnyMore.isEmpty }

  /// - Parameters:
  ///   - published: the programme's versions as they are.
  ///   - now: the workers' time; nil: it is not known, and nothing has been booked.
  package init(of program: Program, published: ProgramCatalog, now: Instant?) {
    guard program.status != .draft else { return }
    var after = published
    after.insert(program)
    let others = published.versions(of: program.id).filter { $0.status != .draft && $0.version != program.version }
    let at = program.effectiveFrom
    isNeverInForce = ProgramForce(of: program, in: after, at: at) == .never
    takesOverFrom = others.last { $0.effectiveFrom < at }?.version
    followedBy = others.first { $0.effectiveFrom > at }.map { Successor(version: $0.version, at: $0.effectiveFrom) }
    neverAnyMore = others.filter { other in
      ProgramForce(of: other, in: published, at: at) != .never && ProgramForce(of: other, in: after, at: at) == .never
    }.map(\.version)
    if let now { reachesBack = at < now && !others.isEmpty }
  }
}
