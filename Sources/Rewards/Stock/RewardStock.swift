/// How many pieces of a reward there are. Its owner, the task of the partition that the reward's id hashes to, holds
/// and gives them in the order of its log. Always: start = free + held + given − returned.
package struct RewardStock: Equatable, Sendable {
  /// All that was ever put in.
  package private(set) var start: Int64
  package private(set) var free: Int64
  package private(set) var held: Int64 = 0
  package private(set) var given: Int64 = 0
  /// Given, and come back.
  package private(set) var returned: Int64 = 0

  package static let piecesMax: Int64 = 1_000_000_000_000

  package init(start: Int64) {
    precondition((0...RewardStock.piecesMax).contains(start), "a stock of \(start)")
    self.start = start
    free = start
  }

  /// As it stands; nil where the numbers do not add up.
  package init?(start: Int64, free: Int64, held: Int64, given: Int64, returned: Int64) {
    (self.start, self.free, self.held, self.given, self.returned) = (start, free, held, given, returned)
    guard isBalanced else { return nil }
  }

  package var isBalanced: Bool {
    start == free + held + given - returned && [free, held, given - returned].allSatisfy { $0 >= 0 }
  }

  /// What one redemption has of a stock; kept under its id, so that a step that comes again moves nothing.
  package enum Claim: Equatable, Sendable {
    case refused(left: Int64)
    case held(Int64)
    case given(Int64)
    /// Held and given up, or given and come back.
    case returned(Int64)
  }

  /// - Parameter claim: what the redemption has so far; nil: it asks for the first time.
  /// - Returns: what it has now.
  package mutating func hold(_ pieces: Int64, for claim: Claim?) -> Claim {
    if let claim { return claim }
    guard pieces <= free else { return .refused(left: free) }
    free -= pieces
    held += pieces
    return .held(pieces)
  }

  package mutating func give(_ claim: Claim) -> Claim {
    guard case .held(let pieces) = claim else { return claim }
    held -= pieces
    given += pieces
    return .given(pieces)
  }

  package mutating func giveBack(_ claim: Claim) -> Claim {
    switch claim {
    case .held(let pieces):
      held -= pieces
      free += pieces
      return .returned(pieces)
    case .given(let pieces):
      returned += pieces
      free += pieces
      return .returned(pieces)
    case .refused, .returned: return claim
    }
  }

  /// More pieces come in; fewer where some are lost, of the free ones at most.
  ///
  /// - Returns: by how many it changed.
  package mutating func restock(by pieces: Int64) -> Int64 {
    let change = min(max(pieces, -free), RewardStock.piecesMax - start)
    start += change
    free += change
    return change
  }
}
