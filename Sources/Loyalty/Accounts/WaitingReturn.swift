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

extension [WaitingReturn] {
  /// So many bytes of returns wait in one row at most: one of the largest that ingest takes has room.
  package static var bytesMax: Int { 256 * 1024 }

  /// Whether another one has room.
  package func canKeep(_ waiting: WaitingReturn, countMax: Int) -> Bool {
    count < countMax && reduce(waiting.bytesMax) { $0 + $1.bytesMax } <= Self.bytesMax
  }
}
