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
      var used = 0
      func put(_ part: String?) {
        guard var part else { return }
        buffer[used] = UInt8(ascii: separator)
        part.withUTF8 { used = buffer[(used + 1)...].update(fromContentsOf: $0) }
      }
      var first = first
      first.withUTF8 { used = buffer.update(fromContentsOf: $0) }
      put(second)
      put(third)
      put(fourth)
      put(fifth)
      put(sixth)
      return used
    }
  }
}
