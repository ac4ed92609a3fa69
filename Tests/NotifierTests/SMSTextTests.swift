import Contracts
import Foundation
import Messages
import Notifier
import Testing

/// The GSM alphabet, what stands in for the letters it lacks, and how many segments a text takes.
@Suite(.timeLimit(.minutes(10))) struct SMSTextTests {
  /// 3GPP TS 23.038 §6.2.1, in the order of its table; ESC is no character.
  static let basic =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    + "abcdefghijklmnopqrstuvwxyzäöñüà"
  /// §6.2.1.1.
  static let extended = "\u{C}^{}\\[~]|€"

  func form(_ text: String, _ letters: SMSLetters = .plain) -> SMSForm { SMSText(text, letters).form }

  @Test func theAlphabetIsKeptWholeAndTheExtensionCountsTwo() {
    #expect(Self.basic.unicodeScalars.count == 127 && Self.extended.unicodeScalars.count == 10)
    for scalar in Self.basic.unicodeScalars {
      let text = String(repeating: String(scalar), count: 160)
      #expect(SMSText(text, .plain).text == text, "\(scalar)")
      #expect(form(text) == SMSForm(encoding: .gsm7, segments: 1), "\(scalar)")
      #expect(form(text + "a").segments == 2, "\(scalar)")
    }
    for scalar in Self.extended.unicodeScalars {
      let text = String(repeating: String(scalar), count: 80)
      #expect(SMSText(text, .plain).text == text, "\(scalar)")
      #expect(form(text) == SMSForm(encoding: .gsm7, segments: 1), "\(scalar)")
      #expect(form(text + "a").segments == 2, "\(scalar)")
    }
  }

  /// `ç`, the grave accent and small Greek letters look as if they were there.
  @Test(arguments: ["ç", "`", "Á", "á", "α", "đ", "Ê", "…", "\u{9}"])
  func nothingElseIsThere(_ text: String) {
    #expect(form(text, .marked).encoding == .ucs2)
  }

  @Test func joinedSegmentsHold153SeptetsAndNoEscapeIsSplit() {
    func letters(_ count: Int) -> String { String(repeating: "a", count: count) }
    #expect(form(letters(306)).segments == 2 && form(letters(307)).segments == 3)
    #expect(form(letters(459)).segments == 3 && form(letters(460)).segments == 4)
    // 153 + 1: the euro would lie across the border, so it begins the next segment, and one septet stays empty.
    #expect(form(letters(152) + "€" + letters(151)).segments == 2)
    #expect(form(letters(152) + "€" + letters(152)).segments == 3)
    #expect(form(letters(151) + "€" + letters(153)).segments == 2)
    #expect(form(letters(158) + "€").segments == 1 && form(letters(159) + "€").segments == 2)
  }

  @Test func joinedSegmentsHold67UnitsAndNoPairIsSplit() {
    func letters(_ count: Int) -> String { String(repeating: "ạ", count: count) }
    func form(_ text: String) -> SMSForm { self.form(text, .marked) }
    #expect(form(letters(70)) == SMSForm(encoding: .ucs2, segments: 1) && form(letters(71)).segments == 2)
    #expect(form(letters(134)).segments == 2 && form(letters(135)).segments == 3)
    // Two units in UTF-16.
    #expect(form(letters(68) + "😀").segments == 1 && form(letters(69) + "😀").segments == 2)
    #expect(form(letters(66) + "😀" + letters(65)).segments == 2)
    #expect(form(letters(66) + "😀" + letters(66)).segments == 3)
  }

  @Test(arguments: [
    ("Quà Tặng Sen: bạn vừa nhận 5 điểm", "Qua Tang Sen: ban vua nhan 5 diem"),
    ("ĐẶC SẢN “Huế” – đến 31/12…", "DAC SAN \"Hue\" - den 31/12..."),
    ("Crème brûlée", "Creme brulee"), ("Café à la carte", "Café à la carte"),
    ("Fußgänger Straße Ærø Åse Ñandú §5 £3 Ω", "Fußgänger Straße Ærø Åse Ñandu §5 £3 Ω"),
    ("Łódź Œuvre Þór ﬁn №5 ½ ™", "Lodz OEuvre Thor fin No5 1/2 TM"),
    ("90.000 ₫ [x] {y} ~ € | ^ \\", "90.000 d [x] {y} ~ € | ^ \\"),
    ("Sen 🍜 Việt\u{202E} \u{200B}🇻🇳!", "Sen Viet !"), ("Qua\u{300} Ta\u{306}\u{323}ng", "Qua Tang"),
    ("1\u{A0}000 ​điểm", "1 000 diem"), ("`a´ ≤ 5", "'a' ? 5"),
  ])
  func plainLettersStandInForWhatTheAlphabetLacks(_ written: String, _ plain: String) {
    let sms = SMSText(written, .plain)
    #expect(sms.text == plain && sms.form.encoding == .gsm7)
  }

  @Test(arguments: ["咖啡 5 points", "نقاط 5", "Кофе: 5", "α 5", "สะสม 5", "५"])
  func lettersOfOtherScriptsMakeTheTextUCS2(_ written: String) {
    let sms = SMSText(written, .plain)
    #expect(sms.text == written && sms.form == SMSForm(encoding: .ucs2, segments: 1))
  }

  @Test func markedTextIsUCS2OnlyWhereTheAlphabetLacksALetter() {
    let vietnamese = SMSText("Bạn vừa nhận 5 điểm", .marked)
    #expect(vietnamese.text == "Bạn vừa nhận 5 điểm" && vietnamese.form == SMSForm(encoding: .ucs2, segments: 1))
    #expect(form("You earned 5 €", .marked).encoding == .gsm7)
    // Written in parts, counted composed.
    #expect(SMSText("Ba\u{323}n", .marked).text.unicodeScalars.count == 3)
  }

  @Test func whatTakesTooManySegmentsIsPlainOrNotSent() throws {
    let long = String(repeating: "điểm ", count: 30)
    #expect(try #require(SMSText.fitting(long, .marked, segmentsMax: 3)).form == SMSForm(encoding: .ucs2, segments: 3))
    #expect(try #require(SMSText.fitting(long, .marked, segmentsMax: 1)).form == SMSForm(encoding: .gsm7, segments: 1))
    #expect(SMSText.fitting(long + long, .marked, segmentsMax: 1) == nil)
    #expect(SMSText.fitting(String(repeating: "a", count: 161), .plain, segmentsMax: 1) == nil)
    #expect(SMSText.fitting(String(repeating: "咖", count: 71), .plain, segmentsMax: 1) == nil)
  }
}
