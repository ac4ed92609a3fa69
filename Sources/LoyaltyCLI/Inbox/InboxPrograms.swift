import Contracts
import Inquiry

/// The programmes by which purchases of an inbox are judged, as they are published when a file is begun. A document
/// that is not valid holds nothing up: it is left out, as the workers do, and told once.
package final class InboxPrograms {
  private let read: () throws -> [String: [UInt8]]
  private let note: (String) -> Void
  /// By key: why it was left out when that was told last.
  private var told: [String: String] = [:]

  /// Of a record's key so much is told.
  private static let keyMax = 200

  package init(read: @escaping () throws -> [String: [UInt8]], note: @escaping (String) -> Void) {
    self.read = read
    self.note = note
  }

  package func check(nowMs: Int64) throws -> PurchaseCheck {
    let (catalog, refused) = PublishedPrograms.valid(try read())
    for (key, errors) in refused.sorted(by: { $0.key < $1.key }) where told[key] != errors {
      note("loyalty: the programme document \(key.toldWithin(Self.keyMax)) is not valid and left out: \(errors)")
    }
    told = refused
    return PurchaseCheck(catalog, nowMs: nowMs)
  }
}
