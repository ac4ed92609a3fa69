/// Points awarded together, by one purchase or command, that are released and expire together.
package struct Lot: Equatable, Sendable {
  /// `<source>:<purchaseId>` for a purchase's award.
  package var id: String
  package var pending: Points
  package var available: Points
  package var earnedAt: Instant
  /// nil: never was pending.
  package var pendingUntil: Instant?
  /// nil: never expires.
  package var expiresAt: Instant?
  /// When it expires however long activity keeps it; nil: activity keeps it as long as there is some.
  package var latestExpiry: Instant?
  /// The version of the programme that awarded it.
  package var programVersion: Int

  package init(
    id: String, pending: Points = 0, available: Points = 0, earnedAt: Instant, pendingUntil: Instant? = nil,
    expiresAt: Instant? = nil, latestExpiry: Instant? = nil, programVersion: Int = 1
  ) {
    self.id = id
    self.pending = pending
    self.available = available
    self.earnedAt = earnedAt
    self.pendingUntil = pendingUntil
    self.expiresAt = expiresAt
    self.latestExpiry = latestExpiry
    self.programVersion = programVersion
  }

  /// The id of the lot that a purchase's award opens: `<source>:<purchaseId>`. A colon or per cent sign in the source
  /// is written as in URLs, so that the two can be told apart again.
  package static func id(source: String, purchaseId: String) -> String {
    let colon = UInt8(ascii: ":")
    let percent = UInt8(ascii: "%")
    var source = source
    if source.utf8.contains(where: { $0 == colon || $0 == percent }) {
      source = source.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
      source = source.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "%3A")
    }
    return String(joining: source, purchaseId, by: ":")
  }

  /// The purchase that opened the lot; nil for a lot that a command opened.
  package static func purchase(of lotId: String) -> (source: String, purchaseId: String)? {
    guard let colon = lotId.utf8.firstIndex(of: UInt8(ascii: ":")), colon > lotId.startIndex else { return nil }
    var source = String(lotId[..<colon])
    if source.utf8.contains(UInt8(ascii: "%")) {
      source = source.split(separator: "%3A", omittingEmptySubsequences: false).joined(separator: ":")
      source = source.split(separator: "%25", omittingEmptySubsequences: false).joined(separator: "%")
    }
    return (source, String(lotId[lotId.utf8.index(after: colon)...]))
  }

  /// Whether a purchase opened it; no purchase's source is empty.
  var isOfPurchase: Bool { id.utf8.first != UInt8(ascii: ":") }

  package var isEmpty: Bool { pending == 0 && available == 0 }

  /// The order in which debits take lots: the sooner expiring first, among equals the older, never expiring last.
  /// - Parameter keptUntil: `LotTerms.keptUntil` of their account.
  package func isTakenBefore(_ other: Lot, keptUntil: Instant? = nil) -> Bool {
    var mine = expiresAt ?? .distantFuture
    var theirs = other.expiresAt ?? .distantFuture
    if let keptUntil {
      mine = min(max(mine, keptUntil), latestExpiry ?? .distantFuture)
      theirs = min(max(theirs, keptUntil), other.latestExpiry ?? .distantFuture)
    }
    if mine != theirs { return mine < theirs }
    if earnedAt != other.earnedAt { return earnedAt < other.earnedAt }
    return id < other.id
  }
}
