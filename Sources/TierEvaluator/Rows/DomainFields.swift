import Loyalty
import StreamRuntime

/// The domain's own types as fields of a row.
extension RowEncoder {
  func instant(_ instant: Instant) { int(instant.milliseconds) }
  func optionalInstant(_ instant: Instant?) { optionalInt(instant?.milliseconds) }
  func currency(_ currency: Currency) { int(Int64(currency.packedCode)) }
}

extension RowDecoder {
  mutating func instant() throws -> Instant { Instant(milliseconds: try int()) }
  mutating func optionalInstant() throws -> Instant? { try optionalInt().map { Instant(milliseconds: $0) } }

  mutating func currency() throws -> Currency {
    guard let currency = Currency(packedCode: UInt32(truncatingIfNeeded: try int())) else {
      throw RowFormatError("a currency that is not known")
    }
    return currency
  }

  mutating func expectFormat(_ format: UInt8, of what: String) throws {
    let found = try byte()
    guard found == format else {
      throw RowFormatError("\(what) of row format \(found); this release reads format \(format)")
    }
  }
}
