/// Numbers of loyalty cards: spaces and dashes are for the eye, capitals are the same as small letters.
package enum CardNumber {
  /// Without what is for the eye; nil where that does not leave 4 to 64 letters and digits.
  package static func normalised(_ text: String) -> String? {
    var card = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case " ", "-": continue
      case "0"..."9", "A"..."Z": card.unicodeScalars.append(scalar)
      case "a"..."z": card += String(scalar).uppercased()
      default: return nil
      }
    }
    return (4...64).contains(card.utf8.count) ? card : nil
  }
}
