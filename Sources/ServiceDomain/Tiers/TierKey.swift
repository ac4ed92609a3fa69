import Contracts
import StreamRuntime

/// A member in a programme: the key of a row of the store `tiers`.
package struct TierKey: StoreKey {
  package var memberId: String
  package var programId: String

  package init(memberId: String, programId: String) {
    self.memberId = memberId
    self.programId = programId
  }

  package func encode(to buffer: ByteBuffer) {
    memberId.encode(to: buffer)
    RecordKey.separator.encode(to: buffer)
    programId.encode(to: buffer)
  }
}

extension TierKey {
  package init(decoding bytes: UnsafeRawBufferPointer) throws {
    let parts = try RowKeys.parts(of: bytes, 2)
    self.init(memberId: parts[0], programId: parts[1])
  }
}

/// Keys of several parts with a separator between them.
package enum RowKeys {
  package static func parts(of bytes: UnsafeRawBufferPointer, _ count: Int) throws -> [String] {
    let separator = RecordKey.separator.utf8.first
    let parts = bytes.split(omittingEmptySubsequences: false) { $0 == separator }
    guard parts.count == count else { throw RowFormatError("a key of \(parts.count) parts where \(count) belong") }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}
