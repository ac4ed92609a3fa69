/// What an entry tells of an adjustment that takes two people. Few entries have it, so that it lies apart from them.
package final class Approval: Equatable, Sendable {
  /// Of a proposal: the points that wait for an approval, below 0 where they would be deducted.
  package let proposed: Points?
  /// Of what was booked by an approval: who gave it, and the id of their command.
  package let approvedBy: String?
  package let commandId: String?

  package init(proposed: Points? = nil, approvedBy: String? = nil, commandId: String? = nil) {
    self.proposed = proposed
    self.approvedBy = approvedBy
    self.commandId = commandId
  }

  package static func == (left: Approval, right: Approval) -> Bool {
    left.proposed == right.proposed && left.approvedBy == right.approvedBy && left.commandId == right.commandId
  }
}
