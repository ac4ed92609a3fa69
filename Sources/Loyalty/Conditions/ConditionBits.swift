/// Which of a programme's elementary conditions hold: one bit each, so that a rule's condition is judged by comparing
/// words and not by looking up lists.
package struct ConditionBits: Equatable, Sendable {
  package var words: SIMD4<UInt64>

  /// How many elementary conditions of one sort a programme may have.
  package static let countMax = 256
  package static let none = ConditionBits(words: SIMD4(repeating: 0))

  package init(words: SIMD4<UInt64>) {
    self.words = words
  }

  var isEmpty: Bool { words == SIMD4(repeating: 0) }

  func contains(_ index: Int) -> Bool { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }

  mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

  func isSuperset(of other: ConditionBits) -> Bool { words & other.words == other.words }

  static func | (left: ConditionBits, right: ConditionBits) -> ConditionBits {
    ConditionBits(words: left.words | right.words)
  }
}
