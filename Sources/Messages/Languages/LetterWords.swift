/// The words around a letter, which no template writes.
extension Language {
  /// What the link says by which a member wants no more of these.
  package var unsubscribeWord: String {
    switch self {
    case .vietnamese: "Hủy nhận thư"
    case .english: "Unsubscribe"
    case .chinese: "退订"
    case .french: "Se désabonner"
    case .german: "Abmelden"
    case .indonesian: "Berhenti berlangganan"
    case .japanese: "配信停止"
    case .korean: "수신 거부"
    case .russian: "Отписаться"
    case .spanish: "Darse de baja"
    }
  }

  /// What stands before the link to the page of preferences in an SMS.
  package var messagesWord: String {
    switch self {
    case .vietnamese: "Tin nhắn của bạn"
    case .english: "Your messages"
    case .chinese: "您的消息"
    case .french: "Vos messages"
    case .german: "Ihre Nachrichten"
    case .indonesian: "Pesan Anda"
    case .japanese: "メッセージ設定"
    case .korean: "메시지 설정"
    case .russian: "Ваши сообщения"
    case .spanish: "Sus mensajes"
    }
  }
}
