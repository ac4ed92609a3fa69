extension String {
  /// Parts with one ASCII character between each two, as ids and keys are made; nil is no part.
  ///
  /// A purchase makes a dozen of them. Written at once, in memory of the right size, they take a fifth of what it takes
  /// to append text to text.
  @inline(never)
  package init(
    joining first: String, _ second: String, _ third: String? = nil, _ fourth: String? = nil, _ fifth: String? = nil,
    _ sixth: String? = nil, by separator: Unicode.Scalar
  ) {
    func length(_ part: String?) -> Int { part.map { $0.utf8.count + 1 } ?? 0 }
    let count =
      first.utf8.count + length(second) + length(third) + length(fourth) + length(fifth) + length(sixth)
    self.init(unsafeUninitializedCapacity: count) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      var end = start
      func put(_ part: String) {
        let isCopied: Void? = part.utf8.withContiguousStorageIfAvailable { bytes in
          guard let from = bytes.baseAddress else { return }
          end.update(from: from, count: bytes.count)
          end += bytes.count
        }
        guard isCopied == nil else { return }
        for byte in part.utf8 {
          end.pointee = byte
          end += 1
        }
      }
      func put(_ part: String?) {
        guard let part else { return }
        end.pointee = UInt8(ascii: separator)
        end += 1
        put(part)
      }
      put(first)
      put(second as String?)
      put(third)
      put(fourth)
      put(fifth)
      put(sixth)
      return end - start
    }
  }
}
