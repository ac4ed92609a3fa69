import Foundation

/// Whom a connection is counted for: an IPv4 address, or the 64 bits of an IPv6 network, since one host has all of it.
struct PeerNetwork: Hashable {
  private let isIPv4: Bool
  private let bits: UInt64

  /// Nil for an address of another family.
  init?(_ storage: sockaddr_storage) {
    switch Int32(storage.ss_family) {
    case AF_INET:
      self.init(
        isIPv4: true, bits: Self.load(storage, at: MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), UInt32.self))
    case AF_INET6:
      let address = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)
      let high = Self.load(storage, at: address, UInt64.self)
      let low = Self.load(storage, at: address.map { $0 + 8 }, UInt64.self)
      // ::ffff:a.b.c.d, an IPv4 address on a socket for both.
      let isMapped = high == 0 && UInt64(bigEndian: low) >> 32 == 0xffff
      self.init(isIPv4: isMapped, bits: isMapped ? low : high)
    default: return nil
    }
  }

  private init(isIPv4: Bool, bits: UInt64) {
    self.isIPv4 = isIPv4
    self.bits = bits
  }

  private static func load<Bits: FixedWidthInteger>(
    _ storage: sockaddr_storage, at offset: Int?, _ type: Bits.Type
  ) -> UInt64 {
    guard let offset else { return 0 }
    return withUnsafeBytes(of: storage) { UInt64($0.loadUnaligned(fromByteOffset: offset, as: type)) }
  }
}
