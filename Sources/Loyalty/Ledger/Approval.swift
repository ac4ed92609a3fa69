/// What an entry tells of an adjustment that takes two people. Few entries have it, so that it lies apart from them.
package final class Approval: Equatable, Sendable {
  /// Of a proposal: the points that wait for an approval, below 0 where they would be deducted.
  package let proposed: Points?
  /// Of what was booked by an approval: who gave it.
  package let approvedBy: String?
  /// Of a proposal that is not to be booked: who said so. Where that is its own author, it was withdrawn.
  package let declinedBy: String?
  /// The id of the command by which it was approved or declined.
  package let commandId: String?

  package init(
    proposed: Points? = nil, approvedBy: String? = nil, declinedBy: String? = nil, commandId: String? = nil
  ) {
    self.proposed = proposed
    self.approvedBy = approvedBy
    self.declinedBy = declinedBy
    self.commandId = commandId
  }

  package static func == (left: Approval, right: Approval) -> Bool {
    left.proposed == right.proposed && left.approvedBy == right.approvedBy && left.declinedBy == right.declinedBy
      && left.commandId == right.commandId
  }
}
