import Contracts

/// The page in one language.
struct PageWords {
  let title: String
  let introduction: String
  let channels: [Consent.Channel: String]
  let channelsInSentences: [Consent.Channel: String]
  let topics: [MessageTopic: Topic]
  let save: String
  let stopOne: @Sendable (_ channel: String, _ topic: String) -> String
  let stopAll: String
  let choices: String
  let quickly: String
  let isSaved: String
  let isStopped: @Sendable (_ channel: String, _ topic: String) -> String
  let allIsStopped: String
  let isUnknown: String
  let always: String
  let notFoundTitle: String
  let notFound: String
  let tryAgain: String

  struct Topic {
    let name: String
    let explanation: String
    /// Within a sentence.
    let inSentence: String
  }

  static func `in`(_ language: PageLanguage) -> PageWords {
    switch language {
    case .english: english
    case .vietnamese: vietnamese
    }
  }

  func channel(_ channel: Consent.Channel) -> String { channels[channel] ?? channel.rawValue }
  func inSentence(_ channel: Consent.Channel) -> String { channelsInSentences[channel] ?? channel.rawValue }
  func topic(_ topic: MessageTopic) -> Topic {
    topics[topic] ?? Topic(name: topic.rawValue, explanation: "", inSentence: topic.rawValue)
  }

  private static let english = PageWords(
    title: "Your messages",
    introduction:
      "Choose what we tell you, and how. Changes count at once, also for messages that are already waiting.",
    channels: [.email: "E-mail", .sms: "SMS", .push: "Notifications"],
    channelsInSentences: [.email: "e-mails", .sms: "SMS", .push: "notifications"],
    topics: [
      .points: .init(
        name: "Points", explanation: "What you earned, used or received.", inSentence: "about points"),
      .tier: .init(name: "Level", explanation: "When your level changes.", inSentence: "about your level"),
      .expiry: .init(
        name: "Expiry", explanation: "Before points run out.", inSentence: "about points that run out"),
      .offers: .init(name: "Offers", explanation: "Promotions and news.", inSentence: "with offers"),
    ],
    save: "Save choices",
    stopOne: { channel, topic in "Stop \(channel) \(topic)" },
    stopAll: "Stop all of them",
    choices: "Choose one by one",
    quickly: "Stop messages",
    isSaved: "Your choices are saved.",
    isStopped: { channel, topic in "Done: you will get no more \(channel) \(topic)." },
    allIsStopped: "Done: you will get no more of these messages.",
    isUnknown:
      "We cannot show what is set at the moment. You can stop messages above; to choose one by one, come back in a few "
      + "minutes.",
    always:
      "Messages about the security of your account are always sent. Each message goes out by one of these ways, and only "
      + "by ways that you have agreed to.",
    notFoundTitle: "This link is not valid",
    notFound: "Please open the whole link from the latest message you got from us.",
    tryAgain: "This could not be saved just now. Nothing has changed; please try again in a minute.")

  private static let vietnamese = PageWords(
    title: "Tin nhắn của bạn",
    introduction:
      "Chọn những tin bạn muốn nhận và cách nhận. Thay đổi có hiệu lực ngay, kể cả với những tin đang chờ gửi.",
    channels: [.email: "Email", .sms: "SMS", .push: "Thông báo đẩy"],
    channelsInSentences: [.email: "email", .sms: "SMS", .push: "thông báo đẩy"],
    topics: [
      .points: .init(
        name: "Điểm", explanation: "Khi bạn tích, dùng hoặc được tặng điểm.", inSentence: "về điểm"),
      .tier: .init(name: "Hạng", explanation: "Khi hạng của bạn thay đổi.", inSentence: "về hạng thành viên"),
      .expiry: .init(
        name: "Hết hạn", explanation: "Trước khi điểm hết hạn.", inSentence: "về điểm sắp hết hạn"),
      .offers: .init(name: "Ưu đãi", explanation: "Khuyến mãi và tin tức.", inSentence: "về ưu đãi"),
    ],
    save: "Lưu lựa chọn",
    stopOne: { channel, topic in "Ngừng nhận \(channel) \(topic)" },
    stopAll: "Ngừng nhận tất cả",
    choices: "Chọn từng loại tin",
    quickly: "Ngừng nhận tin",
    isSaved: "Đã lưu lựa chọn của bạn.",
    isStopped: { channel, topic in "Đã ghi nhận: bạn sẽ không nhận \(channel) \(topic) nữa." },
    allIsStopped: "Đã ghi nhận: bạn sẽ không nhận các tin này nữa.",
    isUnknown:
      "Hiện chưa hiển thị được các lựa chọn của bạn. Bạn vẫn có thể ngừng nhận tin ở trên; để chọn từng loại, vui lòng "
      + "quay lại sau ít phút.",
    always:
      "Tin về bảo mật tài khoản luôn được gửi. Mỗi tin chỉ được gửi theo một cách, và chỉ theo cách bạn đã đồng ý.",
    notFoundTitle: "Liên kết không hợp lệ",
    notFound: "Vui lòng mở đầy đủ liên kết trong tin mới nhất mà bạn nhận được từ chúng tôi.",
    tryAgain: "Chưa lưu được lúc này. Chưa có gì thay đổi; vui lòng thử lại sau một phút.")
}
