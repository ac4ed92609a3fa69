import Foundation

/// A line of a file of codes: one code, as whoever made it writes it.
package enum CodeLine {
  /// Shorter ones are guessed.
  package static let lengthMin = 6
  package static let lengthMax = 64

  /// nil where it is none: too short or too long without hyphens, white space within, or other characters than ASCII's.
  package static func code(_ line: UnsafeRawBufferPointer) -> String? {
    let trimmed = line.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
    guard trimmed.count <= lengthMax, trimmed.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      trimmed.count(where: { $0 != UInt8(ascii: "-") }) >= lengthMin
    else { return nil }
    return String(decoding: Array(trimmed), as: UTF8.self)
  }
}
