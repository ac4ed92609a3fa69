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
    let expiry = ExpiryDocument.expiry(fields)
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
