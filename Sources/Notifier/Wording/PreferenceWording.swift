/// Where to choose, in words.
enum PreferenceWording {
  /// The last paragraph of a letter.
  static func paragraph(_ url: String, _ language: Language) -> String {
    switch language {
    case .english: "Choose which messages you get, or end them:\n\(url)\n"
    case .vietnamese: "Chọn những tin bạn muốn nhận, hoặc ngừng nhận tin:\n\(url)\n"
    }
  }

  /// The end of an SMS.
  static func inShort(_ url: String, _ language: Language) -> String {
    switch language {
    case .english: " Your messages: \(url)"
    case .vietnamese: " Tin nhắn của bạn: \(url)"
    }
  }
}
