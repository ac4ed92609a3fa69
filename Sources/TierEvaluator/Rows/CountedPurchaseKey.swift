import Contracts
import ServiceDomain
import StreamRuntime

/// A purchase id of a member in a programme: the key of a row of the store `purchases`. The member stands first, so that
/// an erasure finds all of a member's rows side by side.
struct CountedPurchaseKey: StoreKey {
  var memberId: String
  var programId: String
  var purchaseId: String

  func encode(to buffer: ByteBuffer) {
    memberId.encode(to: buffer)
    RecordKey.separator.encode(to: buffer)
    programId.encode(to: buffer)
    RecordKey.separator.encode(to: buffer)
    purchaseId.encode(to: buffer)
  }
}

extension CountedPurchaseKey {
  init(decoding bytes: UnsafeRawBufferPointer) throws {
    let parts = try RowKeys.parts(of: bytes, 3)
    self.init(memberId: parts[0], programId: parts[1], purchaseId: parts[2])
  }
}
