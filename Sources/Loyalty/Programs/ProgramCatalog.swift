/// Every known version of every programme.
///
/// Asked several times a purchase and changed by a publication only: all of it is behind one reference, so that to hand
/// it on costs what a reference costs.
package struct ProgramCatalog: Equatable, Sendable {
  private var known = Known(versions: [:])

  /// Versions of a programme that count. Of more those with the highest numbers are left out, in whatever order they
  /// were published, so that all who read them agree.
  package static let versionsMax = 1_000
  /// Documents of all programmes that count, and their bytes with those of their keys. Of more those that take effect
  /// first are kept, in whatever order they were published.
  package static let documentsMax = 5_000
  package static let documentBytesMax = 32 << 20

  package init() {}

  /// Those of the documents on the topic that fit into these bounds: the ones that take effect first, of one instant
  /// those of the first keys. Given in the order of their keys' bytes.
  package static func fitting(
    _ documents: [(key: String, program: Program, bytes: Int)]
  ) -> [(key: String, program: Program, bytes: Int)] {
    var room = documentBytesMax
    // The sort is stable.
    return Array(
      documents.sorted { $0.program.effectiveFrom < $1.program.effectiveFrom }.prefix(documentsMax).prefix {
        room -= $0.bytes
        return room >= 0
      })
  }

  /// Of these, all at once; of two with one id and number the later one counts.
  package init(_ programs: some Sequence<Program>) {
    var numbered: [String: [Int: Program]] = [:]
    for program in programs { numbered[program.id, default: [:]][program.version] = program }
    var leftOut: [String: Int] = [:]
    let versions = numbered.mapValues { versions in
      let counting = versions.keys.sorted().prefix(Self.versionsMax).compactMap { versions[$0] }
      return counting.sorted { Self.isBefore($0, $1) }
    }
    for (id, versions) in numbered where versions.count > Self.versionsMax {
      leftOut[id] = versions.count - Self.versionsMax
    }
    known = Known(versions: versions, leftOut: leftOut)
  }

  private static func isBefore(_ one: Program, _ other: Program) -> Bool {
    (one.effectiveFrom.milliseconds, one.version) < (other.effectiveFrom.milliseconds, other.version)
  }

  /// How many versions were left out, by programme: none of most.
  package var leftOut: [String: Int] { known.leftOut }

  /// Adds a version, or replaces the same one.
  package mutating func insert(_ program: Program) {
    var versions = known.versions[program.id, default: []]
    versions.removeAll { $0.version == program.version }
    let position = versions.firstIndex { Self.isBefore(program, $0) } ?? versions.count
    versions.insert(program, at: position)
    keep(versions, of: program.id)
  }

  package mutating func remove(id: String, version: Int) {
    keep(versions(of: id).filter { $0.version != version }, of: id)
  }

  private mutating func keep(_ versions: [Program], of id: String) {
    var all = known.versions
    all[id] = versions.isEmpty ? nil : versions
    known = Known(versions: all, leftOut: known.leftOut)
  }

  /// Whether the points engine judges a programme's tiers: it alone knows in order what was earned, and reads what
  /// members did that is no purchase. So it does where one version at least measures either; else the tier evaluator.
  package func isJudgedAsBooked(_ id: String) -> Bool { known.judgedAsBooked.contains(id) }

  /// Whether one of its versions measures tiers in points.
  package func measuresPoints(_ id: String) -> Bool { known.pointsMeasured.contains(id) }

  package var isEmpty: Bool { known.ids.isEmpty }

  /// All programme ids, ascending.
  package var programIds: [String] { known.ids }

  /// The version of programme `id` by which something that occurred at `instant` is judged; drafts are never in force.
  package func version(of id: String, at instant: Instant) -> Program? {
    known.versions[id]?.last { $0.effectiveFrom <= instant && $0.status != .draft }
  }

  /// Whether any version of a programme, or of the one named, takes the currency.
  package func takes(_ currency: Currency, in id: String?) -> Bool {
    guard let id else { return known.currencies.contains(currency) }
    return known.versions[id]?.contains { $0.currencies.contains(currency) } == true
  }

  package func version(of id: String, number: Int) -> Program? {
    known.versions[id]?.first { $0.version == number }
  }

  /// Whether one of its versions measures tiers in spend or visits.
  package func measuresPurchases(_ id: String) -> Bool { known.purchasesMeasured.contains(id) }

  /// Every version of a programme, ascending by when it takes effect.
  package func versions(of id: String) -> [Program] { known.versions[id] ?? [] }

  /// The version in force at `instant` and those that take effect after it.
  package func versions(of id: String, inForceSince instant: Instant) -> [Program] {
    let versions = versions(of: id)
    let first = versions.lastIndex { $0.effectiveFrom <= instant && $0.status != .draft } ?? 0
    return Array(versions[first...])
  }

  /// The programmes in force at `instant`, one version each, in order of id; drafts and archived ones left out.
  package func inForce(at instant: Instant) -> [Program] {
    known.ids.compactMap { version(of: $0, at: instant) }.filter { $0.status != .archived }
  }

  /// The same, with the span of time over which the answer stays the same, so that it can be kept.
  package func spanInForce(at instant: Instant) -> ProgramsInForce {
    let starts = known.versions.values.joined().map(\.effectiveFrom)
    return ProgramsInForce(
      programs: inForce(at: instant), from: starts.filter { $0 <= instant }.max() ?? .distantPast,
      until: starts.filter { $0 > instant }.min() ?? .distantFuture)
  }
}

extension ProgramCatalog {
  private final class Known: Equatable, Sendable {
    /// By programme id, each ascending by `effectiveFrom`, then version.
    let versions: [String: [Program]]
    /// Programme ids in order, so that what is booked does not depend on hashing.
    let ids: [String]
    /// Of every version of every programme.
    let currencies: Set<Currency>
    /// The programmes whose tiers are measured in spend or visits, in any version that is no draft.
    let purchasesMeasured: Set<String>
    /// The same of points.
    let pointsMeasured: Set<String>
    /// These, and the programmes whose tiers are measured by activities.
    let judgedAsBooked: Set<String>
    /// How many versions were too many, by programme id.
    let leftOut: [String: Int]

    init(versions: [String: [Program]], leftOut: [String: Int] = [:]) {
      self.versions = versions
      self.leftOut = leftOut
      ids = versions.keys.sorted()
      currencies = Set(versions.values.joined().flatMap(\.currencies))
      func measuring(_ isAskedFor: (TierScheme.Metric) -> Bool) -> Set<String> {
        let found = versions.filter { _, versions in
          versions.contains { $0.status != .draft && $0.tiers.map { isAskedFor($0.metric) } ?? false }
        }
        return Set(found.keys)
      }
      purchasesMeasured = measuring(\.isPurchases)
      pointsMeasured = measuring(\.isPoints)
      judgedAsBooked = measuring { !$0.isPurchases }
    }

    static func == (left: Known, right: Known) -> Bool { left.versions == right.versions }
  }
}

/// The programmes in force from one instant up to, not including, another.
package struct ProgramsInForce: Equatable, Sendable {
  package var programs: [Program]
  package var from: Instant
  package var until: Instant

  package func holds(at instant: Instant) -> Bool { from <= instant && instant < until }
}
