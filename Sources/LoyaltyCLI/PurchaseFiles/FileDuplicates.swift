import Contracts
import JSON
import Loyalty

/// Which events of a file came before in it, as ingest would find: the same source and id, with the same content or
/// another. One thread.
package final class FileDuplicates {
  /// Hash of source and id → hash of the event.
  private var seen: [Int: Int] = [:]
  private var writer = JSONWriter()
  /// Later events were not remembered.
  package private(set) var isFull = false

  /// Events remembered, about 40 bytes each.
  static let eventsMax = 2_000_000

  package init() {}

  /// Whether the same event came before.
  /// - Throws: where another one came under this source and id.
  package func hasSeen(_ received: ReceivedTransaction) throws(ContractViolation) -> Bool {
    var key = Hasher()
    key.combine(received.transaction.source)
    key.combine(received.transaction.id)
    let place = key.finalize()
    let content = content(of: received)
    guard let earlier = seen[place] else {
      isFull = seen.count >= Self.eventsMax
      if !isFull { seen[place] = content }
      return false
    }
    guard earlier == content else { throw .conflictingDuplicate }
    return true
  }

  private func content(of received: ReceivedTransaction) -> Int {
    var hasher = Hasher()
    switch received.member {
    case .id(let id): hasher.combine(id)
    case .card(let card): hasher.combine("card " + card)
    case .phone(let phone): hasher.combine("phone " + phone)
    case .email(let email): hasher.combine("email " + (EmailAddress.asSpelt(email, .anyCaseAndDots) ?? email))
    case .nobody: hasher.combine(0)
    }
    writer.reset()
    received.transaction.encode(to: &writer)
    writer.withBytes { hasher.combine(bytes: $0) }
    return hasher.finalize()
  }
}
