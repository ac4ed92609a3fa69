import Notifier
import Testing

/// Names that a greeting says, and texts that are none.
@Suite(.timeLimit(.minutes(10))) struct GreetingNameTests {
  @Test(arguments: [
    "Lan", "Nguyễn Thị Ánh Tuyết", "Đặng Lê Nguyên Vũ", "H'Hen Niê", "Y-Blư Ê Ban", "Anne-Marie O’Neill", "O'Brien",
    "'t Hooft", "Jean‑Luc", "J. R. R. Tolkien", "J.R.R. Tolkien", "Dr. Ngô Bảo Châu, Ph.D.", "Sammy Davis, Jr.",
    "Minh 2",
    "Elizabeth 2nd", "محمد بن راشد", "فاطمه‌زهرا", "මලිත් ජයසූරිය", "නිශාන්‍ත", "王小明", "葛󠄀城 ユウキ", "アン・ハサウェイ",
    "김민준", "שרה כהן", "Ольга Ёлкина", "Αλέξανδρος", "สมชาย ใจดี", "देवी", "ʻIolani", "Sigríður Ævarsdóttir",
    "Jose\u{301}", "Nguye\u{302}\u{303}n",
  ])
  func namesOfAllScriptsPass(_ name: String) {
    #expect(GreetingName.read(name) != nil, "\(name)")
  }

  @Test func spacesAreOneAndTheSpellingComposed() {
    #expect(GreetingName.read("  Lan \u{A0}Anh\u{3000}") == "Lan Anh")
    #expect(GreetingName.read("Nguye\u{302}\u{303}n") == "Nguyễn")
  }

  @Test(arguments: [
    "click http://evil.example", "http://evil.example", "evil.example", "www.evil.vn", "bit.ly", "t.co",
    "evil.example/x",
    "you@won.example", "a@b", "Lan\u{202E}naL", "\u{2066}Lan\u{2069}", "La\u{200B}n", "\u{FEFF}Lan", "\u{200D}Lan",
    "Lan\u{200D}",
    "Lan\r\nBcc", "Lan\n", "Lan\tAnh", "Lan\u{0}", "Lan\u{85}", "Lan\u{2028}Anh", "0901234567", "Lan 0901 234 567",
    "Lan 1234",
    "１２３４", "123", "", "   ", "-", "...", "'", "\u{301}", "🎁 Lan", "Lan 🎁", "<b>Lan</b>", "Lan & Co", "Lan; DROP",
    "{{name}}",
    "$name", "100%", "Lan!", "Lan?", "Lan:", "\u{3164}", "\u{115F}\u{1160}",
    "L\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}an",
    "\u{E000}", "Lan\u{AD}", "evil。example", "evil．example", "evil｡example", "#win", "*Lan*", "[Lan](x)", "\"Lan\"",
    "Lan_Anh",
  ])
  func whatIsNoNameIsNotSaid(_ text: String) {
    #expect(GreetingName.read(text) == nil, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
  }

  @Test func whatIsTooLongIsNotSaid() {
    #expect(GreetingName.read(String(repeating: "n", count: 80)) != nil)
    #expect(GreetingName.read(String(repeating: "n", count: 81)) == nil)
    #expect(GreetingName.read(String(repeating: "Lan ", count: 250)) == nil)
    #expect(GreetingName.read(String(repeating: "𝒜", count: 81)) == nil)
    #expect(GreetingName.read(nil) == nil)
  }
}
