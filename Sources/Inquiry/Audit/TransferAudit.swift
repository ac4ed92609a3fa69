import Contracts
import Loyalty

/// Holds the two sides of each transfer against each other: what one member gave, another has received or the giver has
/// got back, in one piece, or it is under way.
struct TransferAudit {
  /// Transfers that are not settled yet; one that is needs no memory, for whatever came of it twice has no origin then.
  private var open: [String: Sides] = [:]

  private struct Sides {
    var sender: String
    var programId: String
    var id: String
    var given: Points = 0
    var received: Points = 0
    var returned: Points = 0

    var isSettled: Bool {
      isPossible && given > 0 && (received == given && returned == 0 || returned == given && received == 0)
    }
    /// Of more than one command may move there is no transfer; sums end where they cannot be told apart any more.
    private var isPossible: Bool { given <= .largestMovement }
    var isUnderWay: Bool { isPossible && given > 0 && received == 0 && returned == 0 }
    var hasNoOrigin: Bool { given == 0 }
  }

  mutating func book(_ entry: LedgerEntry) {
    guard let side = entry.type.traits.transfer else { return }
    let sender = side == .received ? entry.counterparty ?? "" : entry.memberId
    let key = RecordKey.memberProgram(sender, entry.programId) + RecordKey.separator + entry.cause
    var sides = open[key] ?? Sides(sender: sender, programId: entry.programId, id: entry.cause)
    switch side {
    case .given: sides.given = sides.given.addingBounded(entry.points)
    case .received: sides.received = sides.received.addingBounded(entry.points)
    case .returned: sides.returned = sides.returned.addingBounded(entry.points)
    }
    // A booking is whole before it is judged.
    open[key] = sides.isSettled && entry.bookingEntry == entry.bookingOf ? nil : sides
  }

  /// Something arrived that has not been seen leaving: the sender's partition was read before.
  var hasNoOrigins: Bool { open.values.contains { $0.hasNoOrigin } }

  var underWay: (count: Int, points: Points) {
    open.values.reduce(into: (0, Points.zero)) { sum, sides in
      guard sides.isUnderWay else { return }
      sum.0 += 1
      sum.1 = sum.1.addingBounded(sides.given)
    }
  }

  /// - Parameter startsLate: the ledger no longer holds its first entries, so that origins may be missing.
  func faults(startsLate: Bool) -> [AuditReport.Fault] {
    open.values.filter { !$0.isUnderWay && !$0.isSettled && !(startsLate && $0.hasNoOrigin) }.map { sides in
      AuditReport.Fault(
        memberId: sides.sender, programId: sides.programId,
        problem: "transfer \(sides.id): \(sides.given.value) points given, \(sides.received.value) received, "
          + "\(sides.returned.value) come back")
    }
  }
}
