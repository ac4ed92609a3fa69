import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct DisplayNamesTests {
  private let names = DisplayNames(["vi": "Vàng", "en-GB": "Gold Card", "zh-Hant": "金卡"])

  @Test(
    arguments: [
      (["vi-VN"], "Vàng"), (["VI"], "Vàng"), (["en-gb"], "Gold Card"), (["zh-Hant-TW"], "金卡"), (["zh_hant"], "金卡"),
      (["fr", "vi"], "Vàng"), (["en"], nil), (["zh-Hans"], nil), ([], nil),
    ] as [([String], String?)])
  func theFirstLanguageWithANameDecides(languages: [String], expected: String?) {
    #expect(names.name(in: languages) == expected)
    #expect(DisplayNames().name(in: languages) == nil)
  }
}
