import Contracts
import Inquiry
import Loyalty
import Rewards

/// What a reward names of other documents, and whether it is there.
package struct RewardReferences {
  private let document: RewardDocument
  private let programs: ProgramCatalog
  private let pools: DocumentCatalog<VoucherPoolDocument>
  private let partners: DocumentCatalog<PartnerDocument>

  init(_ document: RewardDocument, _ cluster: Cluster) throws {
    self.init(
      document, programs: PublishedPrograms.valid(try PublishedPrograms.read(cluster)).catalog,
      pools: try PublishedDocuments<VoucherPoolDocument>(cluster).catalog,
      partners: try PublishedDocuments<PartnerDocument>(cluster).catalog)
  }

  package init(
    _ document: RewardDocument, programs: ProgramCatalog, pools: DocumentCatalog<VoucherPoolDocument>,
    partners: DocumentCatalog<PartnerDocument>
  ) {
    self.document = document
    self.programs = programs
    self.pools = pools
    self.partners = partners
  }

  /// Each begins with a JSON path.
  package var problems: [String] { programProblems + deliveryProblems }

  private var programProblems: [String] {
    let reward = document.reward
    guard let program = programs.versions(of: reward.programId).last else {
      let known = programs.programIds.isEmpty ? "none is" : "there is: \(programs.programIds.joined(separator: ", "))"
      return ["$.programId names no programme that is published; \(known)"]
    }
    let least = program.redemption.minimumPoints
    let tooCheap = reward.costs.enumerated().filter { $1.points > 0 && $1.points < least }.map {
      "$.costs[\($0.offset)].points is below \(least.value), the least that \(program.id) lets members redeem"
    }
    if let payment = reward.payment, payment.rate.pointsMin > 0, payment.rate.pointsMin < least {
      return [
        "$.deliver.money.pointsMin is below \(least.value), the least that \(program.id) lets members redeem"
      ]
    }
    let known = Set(program.tiers?.levels.map(\.id) ?? [])
    let conditions = [("$.when", reward.when)] + reward.costs.enumerated().map { ("$.costs[\($0)].when", $1.when) }
    return tooCheap
      + conditions.flatMap { path, condition in
        (condition?.levels ?? []).subtracting(known).sorted().map {
          "\(path) names \"\($0)\", which is no level of \(program.id) version \(program.version)"
        }
      }
  }

  private var deliveryProblems: [String] {
    switch document.reward.delivery {
    case .voucher(let id):
      guard let pool = pools[id] else {
        return ["$.deliver.voucher names no pool that is published; `loyalty vouchers pools publish` does that"]
      }
      let isGiftCard = pool.terms.effect == .credit
      guard isGiftCard == (document.kind == .credit) else {
        return [
          isGiftCard
            ? "$.kind must be credit: the vouchers of \(id) are gift cards"
            : "$.kind is credit, and the vouchers of \(id) are no gift cards"
        ].filter { _ in document.kind == .credit || document.kind == .discount }
      }
      return []
    case .partner(let id, _):
      return partners[id] == nil
        ? ["$.deliver.partner names no partner that is published; `loyalty partners publish` does that"] : []
    case .manual, .money: return []
    }
  }
}

extension Condition {
  /// Those that it asks for.
  fileprivate var levels: Set<String> {
    switch self {
    case .tier(let selection): (selection.include ?? []).union(selection.exclude)
    case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.levels) }
    case .not(let part): part.levels
    default: []
    }
  }
}
