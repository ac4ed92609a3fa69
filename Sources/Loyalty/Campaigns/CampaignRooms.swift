/// What the budgets of campaigns may still give here, without asking anybody.
package struct CampaignRooms: Equatable, Sendable {
  package var left: [String: Points]
  /// The campaigns of whose budgets nothing is left to be asked for: what does not fit is not given later either.
  package var exhausted: Set<String> = []
  private var isUnlimited = false

  /// Gives whatever is asked: for finding out what would be asked.
  package static let unlimited: CampaignRooms = {
    var rooms = CampaignRooms()
    rooms.isUnlimited = true
    return rooms
  }()

  package init(left: [String: Points] = [:]) {
    self.left = left
  }

  /// Takes up to `wanted` and says how much that was.
  package mutating func take(_ wanted: Points, of campaign: String) -> Points {
    if isUnlimited { return wanted }
    guard wanted > 0, let room = left[campaign], room > 0 else { return 0 }
    let taken = min(wanted, room)
    left[campaign] = room - taken
    return taken
  }
}
