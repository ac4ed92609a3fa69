import ServiceDomain
import StreamRuntime
import Testing

@Suite struct ContactDigestTests {
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

  @Test func keysOfRowsAreReadAsTheyWereWritten() throws {
    let digest = ContactDigest(high: 0x0102_0304_0506_0708, low: UInt64.max)
    let buffer = ByteBuffer(capacity: 16)
    digest.encode(to: buffer)
    #expect(try ContactDigest(decoding: buffer.bytes) == digest)
    #expect(throws: RowFormatError.self) {
      try ContactDigest(decoding: UnsafeRawBufferPointer(rebasing: buffer.bytes[..<15]))
    }
  }
}
