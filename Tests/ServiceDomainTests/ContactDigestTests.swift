import ServiceDomain
import StreamRuntime
import Testing

@Suite(.timeLimit(.minutes(10))) struct ContactDigestTests {
  /// Computed by Python's hashlib: blake2b(b"phone:+84901234567", key=blake2b(b"secret", digest_size=32).digest(),
  /// digest_size=16).
  @Test func digestIsKeyedBLAKE2b() {
    let digest = ContactDigester(secret: "secret").digest("phone", "+84901234567")
    #expect(digest.hexadecimal == "a35e03240f9dcfd0d03d8fa1d3cbf857")
    #expect(ContactDigest(hexadecimal: digest.hexadecimal) == digest)
  }

  @Test func secretAndKindMakeAnotherDigest() {
    let digest = ContactDigester(secret: "secret").digest("phone", "84901234567")
    #expect(digest != ContactDigester(secret: "Secret").digest("phone", "84901234567"))
    #expect(digest != ContactDigester(secret: "secret").digest("card", "84901234567"))
  }

  /// Keys that begin with a zero byte are the runtime's own.
  @Test(arguments: [0x0102_0304_0506_0708, 0x00FF_0000_0000_0000, UInt64.max])
  func keysOfRowsAreReadAsTheyWereWrittenAndBeginWithNoZero(high: UInt64) throws {
    let digest = ContactDigest(high: high, low: UInt64.max)
    let buffer = ByteBuffer(capacity: 16)
    digest.encode(to: buffer)
    #expect(buffer.bytes.first != 0)
    #expect(try ContactDigest(decoding: buffer.bytes) == digest)
    #expect(throws: RowFormatError.self) {
      try ContactDigest(decoding: UnsafeRawBufferPointer(rebasing: buffer.bytes[..<15]))
    }
  }
}
