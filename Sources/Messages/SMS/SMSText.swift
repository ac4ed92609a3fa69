import Contracts
import Foundation

/// What letters an SMS may have.
package enum SMSLetters: String, CaseIterable, Sendable {
  /// Those of the GSM alphabet; others lose their marks. 160 characters a segment.
  case plain
  /// As written; where the GSM alphabet lacks one, in UCS-2: 70 characters a segment.
  case marked
}

/// The text of an SMS as it is sent, and what it takes.
package struct SMSText: Equatable, Sendable {
  package let text: String
  package let form: SMSForm

  /// A text whose letters no alphabet of `letters` holds is UCS-2, as a name in Chinese or Arabic makes it.
  package init(_ written: String, _ letters: SMSLetters) {
    let composed = written.precomposedStringWithCanonicalMapping
    if GSMAlphabet.holds(composed) {
      self.init(gsm: composed)
    } else if letters == .plain, let plain = PlainLetters.from(composed) {
      self.init(gsm: plain)
    } else {
      self.init(ucs2: composed)
    }
  }

  private init(gsm: String) {
    text = gsm
    let sizes = gsm.unicodeScalars.map { GSMAlphabet.septets($0) ?? 1 }
    form = SMSForm(encoding: .gsm7, segments: Self.segments(sizes, alone: 160, joined: 153))
  }

  private init(ucs2: String) {
    text = ucs2
    // A character beyond the Basic Multilingual Plane is two units, which stay together.
    let sizes = ucs2.unicodeScalars.map { UTF16.width($0) }
    form = SMSForm(encoding: .ucs2, segments: Self.segments(sizes, alone: 70, joined: 67))
  }

  /// The text within so many segments: with the letters asked for, else in plain ones; nil: it is too long for both.
  package static func fitting(_ written: String, _ letters: SMSLetters, segmentsMax: Int) -> SMSText? {
    let texts = letters == .plain ? [SMSText(written, .plain)] : [SMSText(written, letters), SMSText(written, .plain)]
    return texts.first { $0.form.segments <= segmentsMax }
  }

  /// 140 bytes a segment, six of them for the header that joins several (3GPP TS 23.040 §9.2.3.24.1). No character is
  /// split: what does not fit whole begins the next segment.
  private static func segments(_ sizes: [Int], alone: Int, joined: Int) -> Int {
    guard sizes.reduce(0, +) > alone else { return 1 }
    var segments = 1
    var used = 0
    for size in sizes {
      if used + size > joined {
        segments += 1
        used = 0
      }
      used += size
    }
    return segments
  }
}
