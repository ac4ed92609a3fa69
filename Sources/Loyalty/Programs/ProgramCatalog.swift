/// Every known version of every programme.
package struct ProgramCatalog: Equatable, Sendable {
  /// By programme id, each ascending by `effectiveFrom`, then version.
  private var versions: [String: [Program]] = [:]
  /// Programme ids in order, so that what is booked does not depend on hashing.
  private var ids: [String] = []
  /// Of every version of every programme.
  private var currencies: Set<Currency> = []
  /// The programmes whose tiers are measured in points, in any version that is no draft.
  private var pointsMeasured: Set<String> = []
  /// These, and the programmes whose tiers are measured by activities.
  private var judgedAsBooked: Set<String> = []

  package init() {}

  /// Adds a version, or replaces the same one.
  package mutating func insert(_ program: Program) {
    var known = versions[program.id, default: []]
    known.removeAll { $0.version == program.version }
    let position =
      known.firstIndex {
        (program.effectiveFrom.milliseconds, program.version) < ($0.effectiveFrom.milliseconds, $0.version)
      } ?? known.count
    known.insert(program, at: position)
    versions[program.id] = known
    summarise()
  }

  package mutating func remove(id: String, version: Int) {
    versions[id]?.removeAll { $0.version == version }
    if versions[id]?.isEmpty == true { versions[id] = nil }
    summarise()
  }

  private mutating func summarise() {
    ids = versions.keys.sorted()
    currencies = Set(versions.values.joined().flatMap(\.currencies))
    pointsMeasured = Set(ids.filter { measures($0, \.isPoints) })
    judgedAsBooked = Set(ids.filter { measures($0) { !$0.isPurchases } })
  }

  private func measures(_ id: String, _ isAskedFor: (TierScheme.Metric) -> Bool) -> Bool {
    versions(of: id).contains { $0.status != .draft && $0.tiers.map { isAskedFor($0.metric) } ?? false }
  }

  /// Whether the points engine judges a programme's tiers: it alone knows in order what was earned, and reads what
  /// members did that is no purchase. So it does where one version at least measures either; else the tier evaluator.
  package func isJudgedAsBooked(_ id: String) -> Bool { !judgedAsBooked.isEmpty && judgedAsBooked.contains(id) }

  /// Whether one of its versions measures tiers in points.
  package func measuresPoints(_ id: String) -> Bool { pointsMeasured.contains(id) }

  package var isEmpty: Bool { ids.isEmpty }

  /// All programme ids, ascending.
  package var programIds: [String] { ids }

  /// The version of programme `id` by which something that occurred at `instant` is judged; drafts are never in force.
  package func version(of id: String, at instant: Instant) -> Program? {
    guard let known = versions[id] else { return nil }
    return known.last { $0.effectiveFrom <= instant && $0.status != .draft }
  }

  /// Whether any version of a programme, or of the one named, takes the currency.
  package func takes(_ currency: Currency, in id: String?) -> Bool {
    guard let id else { return currencies.contains(currency) }
    return versions[id]?.contains { $0.currencies.contains(currency) } == true
  }

  package func version(of id: String, number: Int) -> Program? {
    versions[id]?.first { $0.version == number }
  }

  /// Whether one of its versions measures tiers in spend or visits.
  package func measuresPurchases(_ id: String) -> Bool {
    measures(id, \.isPurchases)
  }

  /// Every version of a programme, ascending by when it takes effect.
  package func versions(of id: String) -> [Program] { versions[id] ?? [] }

  /// The version in force at `instant` and those that take effect after it.
  package func versions(of id: String, inForceSince instant: Instant) -> [Program] {
    let known = versions[id] ?? []
    let first = known.lastIndex { $0.effectiveFrom <= instant && $0.status != .draft } ?? 0
    return Array(known[first...])
  }

  /// The programmes in force at `instant`, one version each, in order of id; drafts and archived ones left out.
  package func inForce(at instant: Instant) -> [Program] {
    ids.compactMap { version(of: $0, at: instant) }.filter { $0.status != .archived }
  }

  /// The same, with the span of time over which the answer stays the same, so that it can be kept.
  package func spanInForce(at instant: Instant) -> ProgramsInForce {
    let starts = versions.values.joined().map(\.effectiveFrom)
    return ProgramsInForce(
      programs: inForce(at: instant), from: starts.filter { $0 <= instant }.max() ?? .distantPast,
      until: starts.filter { $0 > instant }.min() ?? .distantFuture)
  }
}

/// The programmes in force from one instant up to, not including, another.
package struct ProgramsInForce: Equatable, Sendable {
  package var programs: [Program]
  package var from: Instant
  package var until: Instant

  package func holds(at instant: Instant) -> Bool { from <= instant && instant < until }
}
