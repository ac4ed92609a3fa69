import JSON
import Loyalty

/// The value of `loyalty.budgets`: what the partitions of the points engine tell each other about campaigns' budgets.
package enum BudgetMessage: Equatable, Sendable {
  case claim(BudgetClaim)
  case grant(BudgetGrant)

  private enum Name: String, CaseIterable {
    case claimed = "budget.claimed"
    case granted = "budget.granted"
  }

  package var type: String {
    switch self {
    case .claim: Name.claimed.rawValue
    case .grant: Name.granted.rawValue
    }
  }

  /// The same for the same claim, however often it is made.
  package var id: String {
    switch self {
    case .claim(let claim): "\(claim.programId):\(claim.campaign):\(claim.partition):\(claim.number)"
    case .grant(let grant): "\(grant.programId):\(grant.campaign):\(grant.partition):\(grant.number):granted"
    }
  }

  package var occurredAt: Instant {
    switch self {
    case .claim(let claim): claim.occurredAt
    case .grant(let grant): grant.occurredAt
    }
  }

  /// The record's key. A claim goes where the key's hash says: there the budget is owned.
  package static func key(_ programId: String, _ campaign: String) -> String {
    programId + RecordKey.separator + campaign
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    switch self {
    case .claim(let claim):
      writer.field("programId", claim.programId)
      writer.field("campaign", claim.campaign)
      writer.field("partition", Int64(claim.partition))
      writer.field("claim", claim.number)
      writer.field("points", claim.points)
    case .grant(let grant):
      writer.field("programId", grant.programId)
      writer.field("campaign", grant.campaign)
      writer.field("partition", Int64(grant.partition))
      writer.field("claim", grant.number)
      writer.field("points", grant.points)
      writer.field("ahead", grant.ahead)
      writer.field("budget", grant.budget)
      writer.field("remaining", grant.remaining)
    }
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try BudgetMessage(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var name: Name?
    var occurredAt: Instant?
    var programId: String?
    var campaign: String?
    var numbers: [String: Int64] = [:]
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "type": name = try reader.word(Name.self)
      case "occurredAt": occurredAt = try reader.instant()
      case "programId": programId = try reader.id()
      case "campaign": campaign = try reader.id()
      case "partition": numbers["partition"] = try reader.count(atLeast: 0, atMost: Int64(Int32.max))
      case "claim": numbers["claim"] = try reader.count(atLeast: 1)
      case "points": numbers["points"] = try reader.totalPoints(atLeast: 0).value
      case "ahead": numbers["ahead"] = try reader.totalPoints(atLeast: 0).value
      case "budget": numbers["budget"] = try reader.totalPoints(atLeast: 0).value
      case "remaining": numbers["remaining"] = try reader.totalPoints(atLeast: 0).value
      default: try reader.skipValue()
      }
    }
    func number(_ name: String, _ reader: borrowing JSONReader) throws -> Int64 {
      try numbers[name].required(name, in: reader)
    }
    let claim = BudgetClaim(
      programId: try programId.required("programId", in: reader),
      campaign: try campaign.required("campaign", in: reader),
      partition: Int32(try number("partition", reader)), number: try number("claim", reader),
      points: Points(try number("points", reader)), occurredAt: try occurredAt.required("occurredAt", in: reader))
    switch try name.required("type", in: reader) {
    case .claimed: self = .claim(claim)
    case .granted:
      self = .grant(
        BudgetGrant(
          programId: claim.programId, campaign: claim.campaign, partition: claim.partition, number: claim.number,
          points: claim.points, ahead: Points(try number("ahead", reader)),
          budget: Points(try number("budget", reader)), remaining: Points(try number("remaining", reader)),
          occurredAt: claim.occurredAt))
    }
  }
}
