import Loyalty
import ServiceDomain
import StreamRuntime

/// A row of the store `command-contents`: what a command asked for, so that another one under its id shows. Under the
/// command's key, and forgotten with it.
package struct CommandContentRow: StoreRow, Equatable {
  /// See `MemberCommand.contentDigest`.
  package var digest: UInt64
  package var forgetAt: Instant

  package static let format: UInt8 = 1

  package var dueMs: Int64? { forgetAt.milliseconds }

  package init(digest: UInt64, forgetAt: Instant) {
    self.digest = digest
    self.forgetAt = forgetAt
  }

  package func encode(to row: RowEncoder) {
    row.instant(forgetAt)
    row.int(Int64(bitPattern: digest))
  }

  package init(from row: inout RowDecoder) throws {
    forgetAt = try row.instant()
    digest = UInt64(bitPattern: Int64(try row.int()))
  }
}
