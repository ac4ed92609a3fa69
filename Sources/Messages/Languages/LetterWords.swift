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
}
