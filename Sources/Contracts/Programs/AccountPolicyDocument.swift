import JSON
import Loyalty

/// The parts of a programme document on the life of an account: `pending`, `expiry`, `returns`, `redemption`, `closing`
/// and `transfer`.
enum AccountPolicyDocument {
  struct Policies {
    var pendingDays: Int
    var expiry: Program.Expiry
    var returns: ReturnPolicy
    var redemption: RedemptionPolicy
    var closingGraceDays: Int
    /// nil: members cannot give points to each other.
    var transfer: TransferPolicy?
  }

  private static let pointsMax = Points.largestMovement.value

  /// nil when a part is wrong, which has been noted then.
  static func policies(_ fields: ProgramFields) -> Policies? {
    let pendingDays = Self.pendingDays(fields)
    let expiry = Self.expiry(fields)
    let returns = Self.returns(fields)
    let redemption = Self.redemption(fields)
    let closingGraceDays = Self.closingGraceDays(fields)
    let transfer = Self.transfer(fields)
    guard let pendingDays, let expiry, let returns, let redemption, let closingGraceDays else { return nil }
    return Policies(
      pendingDays: pendingDays, expiry: expiry, returns: returns, redemption: redemption,
      closingGraceDays: closingGraceDays, transfer: transfer)
  }

  private static func pendingDays(_ fields: ProgramFields) -> Int? {
    guard fields.node["pending"] != nil else { return 0 }
    guard let pending = fields.object("pending", known: ["days"]) else { return nil }
    return pending.required("days").flatMap { days($0, pending, from: 0) }
  }

  private static let expiryKinds: [(kind: String, fields: Set<String>)] = [
    ("months", ["months", "at"]), ("days", ["days", "at"]), ("inactivity", ["days"]),
  ]

  private static func expiry(_ fields: ProgramFields) -> Program.Expiry? {
    guard let node = fields.node["expiry"] else { return .never }
    let counted: Set<String>
    switch node["kind"]?.string {
    case "months": counted = ["kind", "months", "at"]
    case "days": counted = ["kind", "days", "at"]
    case "inactivity": counted = ["kind", "days"]
    case "never": counted = ["kind"]
    default: counted = ["kind", "months", "days", "at"]
    }
    guard let expiry = ProgramFields(node, fields.problems, known: counted, kinds: expiryKinds),
      let kind = expiry.required("kind")
    else {
      return nil
    }
    let moment = node["at"].map { expiry.word($0, Program.ExpiryMoment.self) } ?? .exact
    switch kind.string {
    case "never": return .never
    case "months":
      let months = expiry.required("months").flatMap { expiry.whole($0, 1...ProgramDocument.monthsMax) }
      guard let months, let moment else { return nil }
      return .months(Int(months), at: moment)
    case "days":
      guard let days = expiry.required("days").flatMap({ days($0, expiry, from: 1) }), let moment else { return nil }
      return .days(days, at: moment)
    case "inactivity":
      return expiry.required("days").flatMap { days($0, expiry, from: 1) }.map { .inactivity(days: $0) }
    default:
      expiry.noteWrongWord(kind, known: ["months", "days", "inactivity", "never"])
      return nil
    }
  }

  private static func returns(_ fields: ProgramFields) -> ReturnPolicy? {
    guard fields.node["returns"] != nil else { return ReturnPolicy() }
    guard let returns = fields.object("returns", known: ["overdraw", "waitDays", "graceDays"]) else { return nil }
    var policy = ReturnPolicy()
    if let field = returns.node["overdraw"], let word = returns.word(field, ReturnPolicy.Overdraw.self) {
      policy.overdraw = word
    }
    if let field = returns.node["waitDays"], let days = days(field, returns, from: 0) { policy.waitDays = days }
    if let field = returns.node["graceDays"], let days = days(field, returns, from: 1) { policy.graceDays = days }
    return policy
  }

  private static func redemption(_ fields: ProgramFields) -> RedemptionPolicy? {
    guard fields.node["redemption"] != nil else { return RedemptionPolicy() }
    guard let redemption = fields.object("redemption", known: ["minimumPoints", "pointsPerUnit", "unitValue"]) else {
      return nil
    }
    var policy = RedemptionPolicy()
    if let field = redemption.node["minimumPoints"], let points = points(field, redemption) {
      policy.minimumPoints = points
    }
    if let field = redemption.node["pointsPerUnit"] {
      policy.pointsPerUnit = points(field, redemption)
      _ = redemption.required("unitValue")
    }
    if let field = redemption.node["unitValue"] {
      policy.unitValue = redemption.decimal(field, from: .zero, to: ExactDecimal(1_000_000_000), decimals: 4)
      _ = redemption.required("pointsPerUnit")
    }
    return policy
  }

  private static func closingGraceDays(_ fields: ProgramFields) -> Int? {
    let standard = 30
    guard fields.node["closing"] != nil else { return standard }
    guard let closing = fields.object("closing", known: ["graceDays"]) else { return nil }
    return closing.node["graceDays"].map { days($0, closing, from: 0) } ?? standard
  }

  private static func transfer(_ fields: ProgramFields) -> TransferPolicy? {
    guard let transfer = fields.object("transfer", known: ["minimumPoints", "pointsPerDay", "pointsPerMonth"]) else {
      return nil
    }
    var policy = TransferPolicy()
    if let field = transfer.node["minimumPoints"], let points = points(field, transfer) {
      policy.minimumPoints = points
    }
    policy.pointsPerDay = transfer.node["pointsPerDay"].flatMap { points($0, transfer) }
    policy.pointsPerMonth = transfer.node["pointsPerMonth"].flatMap { points($0, transfer) }
    for (name, most) in [("pointsPerDay", policy.pointsPerDay), ("pointsPerMonth", policy.pointsPerMonth)] {
      guard let most, most < policy.minimumPoints else { continue }
      transfer.problems.add(transfer.node.path + "." + name, "must not be below minimumPoints")
    }
    return policy
  }

  private static func days(_ field: JSONNode, _ fields: ProgramFields, from least: Int64) -> Int? {
    fields.whole(field, least...ProgramDocument.daysMax).map { Int($0) }
  }

  private static func points(_ field: JSONNode, _ fields: ProgramFields) -> Points? {
    fields.whole(field, 1...pointsMax).map { Points($0) }
  }
}
