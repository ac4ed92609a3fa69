import Contracts
import StreamRuntime

/// Names one message to one member, and its row. The member comes first, so that all rows of a member lie together.
package struct MessageKey: StoreKey, Sendable {
  package let memberId: String
  /// The notification's id: what is on `loyalty.notifications`, in the Message-ID and in the gateway's idempotency key.
  package let id: String

  package init(memberId: String, id: String) {
    self.memberId = memberId
    self.id = id
  }

  /// The key of what `cause` has to tell a member: the same cause gives the same message, however often it comes. The
  /// channel is no part of it, since one message goes by one channel.
  package init(memberId: String, programId: String, cause: String, template: Template) {
    self.memberId = memberId
    id = Self.id([memberId, programId, cause, template.rawValue])
  }

  package func encode(to buffer: ByteBuffer) {
    memberId.encode(to: buffer)
    RecordKey.separator.encode(to: buffer)
    id.encode(to: buffer)
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws {
    let text = try String(decoding: bytes)
    let separator = RecordKey.separator.utf8.first
    guard let end = text.utf8.lastIndex(where: { $0 == separator }) else {
      throw RowFormatError("a message's key has no member")
    }
    memberId = String(text[..<end])
    id = String(text[text.utf8.index(after: end)...])
  }

  /// Ids as long as the contract allows would not fit in a Message-ID, so a digest stands for them: FNV-1a, 128 bits
  /// (draft-eastlake-fnv). It only has to tell apart the messages of one member.
  private static func id(_ parts: [String]) -> String {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
    var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
    for part in parts {
      for byte in part.utf8 { hash = (hash ^ UInt128(byte)) &* prime }
      hash = (hash ^ 0x1F) &* prime
    }
    let digits: StaticString = "0123456789abcdef"
    return String(unsafeUninitializedCapacity: 34) { text in
      (text[0], text[1]) = (UInt8(ascii: "n"), UInt8(ascii: "-"))
      for (offset, half) in [(2, UInt64(hash >> 64)), (18, UInt64(truncatingIfNeeded: hash))] {
        for place in 0..<16 { text[offset + place] = digits.utf8Start[Int(half >> UInt64(60 - 4 * place) & 15)] }
      }
      return 34
    }
  }
}
