/// A return or cancel whose purchase has not been seen yet.
package struct WaitingReturn: Equatable, Sendable {
  package var transaction: Transaction
  /// Refused at this instant.
  package var deadline: Instant
  package var programVersion: Int

  package init(transaction: Transaction, deadline: Instant, programVersion: Int) {
    self.transaction = transaction
    self.deadline = deadline
    self.programVersion = programVersion
  }
}

extension WaitingReturn {
  /// Bytes that it takes in a row at most.
  package var bytesMax: Int {
    let texts = [transaction.id, transaction.source, transaction.memberId, transaction.programId]
    var bytes = Self.ownBytesMax + texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    bytes += transaction.purchaseId?.utf8.count ?? 0
    guard case .returned(let returned) = transaction.kind else { return bytes }
    for line in returned.lines { bytes += Self.lineBytesMax + line.sku.utf8.count + (line.lineId?.utf8.count ?? 0) }
    return bytes
  }

  /// Numbers and the lengths of texts, beside the lines and of each of them.
  private static let ownBytesMax = 128
  private static let lineBytesMax = 32
}

extension WaitingReturn {
  /// What is known of one that is kept elsewhere: enough to say whether another one has room beside it.
  package struct Mark: Equatable, Sendable {
    package var digest: IdDigest
    package var deadline: Instant
    package var bytes: Int

    package init(digest: IdDigest, deadline: Instant, bytes: Int) {
      self.digest = digest
      self.deadline = deadline
      self.bytes = bytes
    }
  }

  package var mark: Mark { Mark(digest: transaction.returnDigest, deadline: deadline, bytes: bytesMax) }
}

/// How many returns may wait for purchases of one member in one programme.
///
/// The points engine keeps them for the points and the tier evaluator for the tiers. Both ask here, of the same returns
/// in the same order: what the one refuses lowers no tier in the other.
package enum WaitingRoom {
  package static let countMax = 100
  /// One of the largest that ingest takes has room.
  package static let bytesMax = 256 * 1024

  /// Whether one that takes so many bytes has room beside those that wait.
  package static func takes(_ bytes: Int, beside waiting: some Collection<Int>) -> Bool {
    waiting.count < countMax && waiting.reduce(bytes, +) <= bytesMax
  }
}
