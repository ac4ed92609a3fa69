import Contracts
import Foundation
import Loyalty

/// What ingest would say of an event, without ingest: the same decoder and the same rules. It cannot know what came
/// before, nor who has which card.
package final class PurchaseCheck {
  private let decoder = TransactionDecoder(.commerce)
  private let catalog: ProgramCatalog
  private let nowMs: Int64
  private let structured = Array("application/cloudevents+json".utf8)

  /// As `transaction-ingest --future-tolerance-ms` has it by default.
  private static let futureToleranceMs: Int64 = Instant.dayMs

  /// - Parameter catalog: without any programme, programmes and currencies are not judged.
  package init(_ catalog: ProgramCatalog, nowMs: Int64) {
    self.catalog = catalog
    self.nowMs = nowMs
  }

  /// - Parameter documents: programme documents, as somebody named them: each must be valid.
  package convenience init(programs documents: [[UInt8]], nowMs: Int64) throws {
    self.init(ProgramCatalog(try documents.map { try ProgramDocument.decode($0) }), nowMs: nowMs)
  }

  /// The event as ingest would read it, with the way in which it names its member.
  package func receive(
    _ event: UnsafeRawBufferPointer, isCloudEvent: Bool
  ) throws(ContractViolation) -> ReceivedTransaction {
    let received = try decode(event, isCloudEvent: isCloudEvent)
    try checkRules(received.transaction)
    return received
  }

  /// The same without asking whether a programme would take it.
  func decode(_ event: UnsafeRawBufferPointer, isCloudEvent: Bool) throws(ContractViolation) -> ReceivedTransaction {
    guard event.count <= Rejection.originalBytesMax else {
      throw ContractViolation(
        .tooLarge, at: "$", "The value is larger than \(Rejection.originalBytesMax) bytes; split the purchase.")
    }
    return try structured.withUnsafeBytes { contentType -> Result<ReceivedTransaction, ContractViolation> in
      do throws(ContractViolation) {
        let envelope = try EventEnvelope(value: event) { name in
          isCloudEvent && "\(name)" == "content-type" ? contentType : nil
        }
        return .success(try decoder.receive(envelope))
      } catch {
        return .failure(error)
      }
    }.get()
  }

  func checkRules(_ transaction: Transaction) throws(ContractViolation) {
    try PurchaseRules.check(transaction, catalog)
    try PurchaseRules.checkTime(
      transaction, inForce: catalog.inForce(at: transaction.occurredAt), nowMs: nowMs,
      futureToleranceMs: Self.futureToleranceMs)
  }
}
