import Contracts
import Loyalty
import Rewards

/// Owns the pieces of rewards whose ids hash to this partition: holds and gives them in the order of its log.
struct StockDesk {
  private let book: RewardBook

  init(_ book: RewardBook) { self.book = book }

  func hold(
    _ pieces: Int64, of reward: String, stock: Int64, version: Int64, for message: RewardMessage
  ) throws {
    var row = try book.stock.get(reward) ?? StockRow()
    row.follow(stock: stock, version: version)
    let key = key(reward, message)
    let known = try book.claims.get(key).map(\.claim)
    let claim = row.stock.hold(pieces, for: known)
    try book.put(row, of: reward)
    if case .refused(let left) = claim { return answer(.stockRefused(left: left), message) }
    if known == nil { try book.claims.put(key, ClaimRow(pieces: pieces)) }
    answer(.stockHeld, message)
  }

  func give(_ reward: String, for message: RewardMessage) throws {
    let key = key(reward, message)
    guard let claim = try book.claims.get(key), var row = try book.stock.get(reward) else { return }
    guard case .given = row.stock.give(claim.claim) else { return }
    try book.put(row, of: reward)
    try book.claims.put(key, ClaimRow(pieces: claim.pieces, isGiven: true, forgetAt: book.forgetAt))
  }

  func takeBack(_ reward: String, for message: RewardMessage) throws {
    let key = key(reward, message)
    guard let claim = try book.claims.get(key), var row = try book.stock.get(reward) else { return }
    _ = row.stock.giveBack(claim.claim)
    try book.put(row, of: reward)
    try book.claims.remove(key)
  }

  private func answer(_ content: RewardMessage.Content, _ message: RewardMessage) {
    book.send(
      RewardMessage(
        memberId: message.memberId, redemptionId: message.redemptionId, content: content,
        occurredAt: message.occurredAt))
  }

  private func key(_ reward: String, _ message: RewardMessage) -> String {
    RecordKey.joined(reward, message.memberId, message.redemptionId)
  }
}

extension ClaimRow {
  var claim: RewardStock.Claim { isGiven ? .given(pieces) : .held(pieces) }
}
