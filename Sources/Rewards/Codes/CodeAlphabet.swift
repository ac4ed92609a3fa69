/// The characters that codes are made of: digits and capitals, such as people read to each other.
package struct CodeAlphabet: Equatable, Sendable {
  package let characters: [UInt8]
  /// What check characters are counted by. A prime for the alphabets known here, so that one wrong character shows.
  let modulus: Int

  package static let countRange = 10...36

  /// Without I, O, S and Z, which are taken for 1, 0, 5 and 2, and without U, which is taken for V and makes the worst
  /// of words.
  package static let standard = CodeAlphabet(made: "0123456789ABCDEFGHJKLMNPQRTVWXY")
  /// That of Perl's Algorithm::CouponCode and its kin: the same with U.
  package static let couponCode = CodeAlphabet(made: "0123456789ABCDEFGHJKLMNPQRTUVWXY")

  /// nil where the text has other characters than ASCII digits and capitals, one twice, fewer than 10, or 19: by 19
  /// the check counts, and would see the last character alone.
  package init?(_ text: String) {
    let characters = Array(text.utf8)
    guard CodeAlphabet.countRange.contains(characters.count), Set(characters).count == characters.count,
      characters.allSatisfy(CodeAlphabet.isCodeCharacter), characters.count != CodeAlphabet.checkFactor
    else { return nil }
    self.init(characters)
  }

  private init(made text: String) { self.init(Array(text.utf8)) }

  private init(_ characters: [UInt8]) {
    self.characters = characters
    modulus = min(characters.count, 31)
  }

  static let checkFactor = 19

  static func isCodeCharacter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  /// What people type for what they read: the alphabet's own character, its capital, or the one it is taken for. nil:
  /// none of these.
  func read(_ typed: UInt8) -> UInt8? {
    let isSmall = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(typed)
    let capital = isSmall ? typed - 32 : typed
    if characters.contains(capital) { return capital }
    guard let meant = CodeAlphabet.lookAlikes[capital], characters.contains(meant) else { return nil }
    return meant
  }

  private static let lookAlikes: [UInt8: UInt8] = {
    let pairs = ["O0", "I1", "Z2", "S5", "UV", "L1", "0O", "1I", "2Z", "5S"].map { Array($0.utf8) }
    return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
  }()

  /// The last character of a part: `c × 19 + index` folded over its others from the part's number, counted from 1.
  func check(of part: ArraySlice<UInt8>, number: Int) -> UInt8 {
    let sum = part.reduce(number) { sum, character in
      (sum * CodeAlphabet.checkFactor + (characters.firstIndex(of: character) ?? 0)) % modulus
    }
    return characters[sum % modulus]
  }
}
