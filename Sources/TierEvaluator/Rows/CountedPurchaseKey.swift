import Contracts
import ServiceDomain
import StreamRuntime

/// A purchase id of a member in a programme: the key of a row of the store `purchases`. The member stands first, so
/// that an erasure finds all of a member's rows side by side.
package struct CountedPurchaseKey: StoreKey {
  package var memberId: String
  package var programId: String
  package var purchaseId: String

  package init(memberId: String, programId: String, purchaseId: String) {
    self.memberId = memberId
    self.programId = programId
    self.purchaseId = purchaseId
  }

  package func encode(to buffer: ByteBuffer) {
    memberId.encode(to: buffer)
    RecordKey.separator.encode(to: buffer)
    programId.encode(to: buffer)
    RecordKey.separator.encode(to: buffer)
    purchaseId.encode(to: buffer)
  }
}

extension CountedPurchaseKey {
  package init(decoding bytes: UnsafeRawBufferPointer) throws {
    let parts = try RowKeys.parts(of: bytes, 3)
    self.init(memberId: parts[0], programId: parts[1], purchaseId: parts[2])
  }
}
