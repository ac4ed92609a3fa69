import Contracts
import Loyalty
import Messages
import Notifier

/// Messages about purchases that found their member late, or not.
enum FormerClaimWording {
  static func write(_ facts: MessageFacts, _ claim: News.Claim, in language: Language) -> Wording {
    let texts = language == .vietnamese ? vietnamese(claim, facts) : english(claim, facts)
    return Wording(
      subject: texts.subject, body: language.letter(facts, texts.paragraphs), sms: "\(facts.programName): \(texts.sms)")
  }

  private typealias Texts = (subject: String, paragraphs: [String], sms: String)

  // MARK: English

  private static func english(_ claim: News.Claim, _ facts: MessageFacts) -> Texts {
    switch claim {
    case .accepted(let receipt):
      return (
        "Your purchase was added",
        [
          "We found the purchase on \(englishName(receipt)) and added it to your account.",
          "What it earns counts from the day of the purchase.",
        ], "the purchase on \(englishName(receipt)) was added to your account."
      )
    case .refused(let receipt, let refusal, let lockedUntil):
      let pause = lockedUntil.map { "After several wrong requests, new ones can be made from \(moment($0, facts))." }
      return (
        "We could not add your purchase",
        ["We could not add the purchase on \(englishName(receipt)) to your account.", english(refusal)]
          + [pause].compactMap { $0 },
        "\(englishName(receipt)) could not be added. \(englishInShort(refusal))"
          + (lockedUntil.map { " Next try from \(moment($0, facts))." } ?? "")
      )
    case .locked(let until):
      let end = until.map { "until \(moment($0, facts))" } ?? "for a while"
      return (
        "Adding purchases is paused",
        [
          "Several receipts that were named did not match a purchase, so nothing can be added to your account \(end).",
          "Was this not you? Please tell us, and we will look into it straight away.",
        ], "adding purchases is paused \(end), after several wrong receipts. Not you? Please tell us."
      )
    case .foundByEnrolment:
      return (
        "We found your earlier purchases",
        ["We found purchases that you made under your phone, card or e-mail, and added them to your account."],
        "we found purchases you made earlier and added them to your account."
      )
    }
  }

  private static func englishName(_ receipt: String) -> String {
    ReceiptName.read(receipt).map { "receipt \($0)" } ?? "your receipt"
  }

  private static func english(_ refusal: ClaimStatus.Refusal) -> String {
    switch refusal {
    case .receiptNotFound:
      "No open purchase has this receipt number, total and date. Please compare them with your receipt and try again."
    case .severalReceipts: "Several shops use this receipt number. Please try again and name the shop."
    case .alreadyClaimed: "It has been added to an account already."
    default: "Please contact us, and we will help you."
    }
  }

  private static func englishInShort(_ refusal: ClaimStatus.Refusal) -> String {
    switch refusal {
    case .receiptNotFound: "Please check number, total and date."
    case .severalReceipts: "Please name the shop."
    case .alreadyClaimed: "It was added to an account already."
    default: "Please contact us."
    }
  }

  private static func moment(_ instant: Instant, _ facts: MessageFacts) -> String {
    Language.english.moment(instant, facts.calendar)
  }

  // MARK: Vietnamese

  private static func vietnamese(_ claim: News.Claim, _ facts: MessageFacts) -> Texts {
    switch claim {
    case .accepted(let receipt):
      return (
        "Giao dịch của bạn đã được ghi nhận",
        [
          "Chúng tôi đã tìm thấy giao dịch trên \(vietnameseName(receipt)) và ghi vào tài khoản của bạn.",
          "Điểm được tính theo ngày mua hàng.",
        ], "giao dịch trên \(vietnameseName(receipt)) đã được ghi vào tài khoản của bạn."
      )
    case .refused(let receipt, let refusal, let lockedUntil):
      let pause = lockedUntil.map {
        "Do có nhiều yêu cầu không đúng, bạn có thể gửi yêu cầu mới từ \(vietnameseMoment($0, facts))."
      }
      return (
        "Chưa thể ghi nhận giao dịch của bạn",
        [
          "Chúng tôi chưa thể ghi giao dịch trên \(vietnameseName(receipt)) vào tài khoản của bạn.",
          vietnamese(refusal),
        ]
          + [pause].compactMap { $0 },
        "chưa thể ghi nhận \(vietnameseName(receipt)). \(vietnameseInShort(refusal))"
          + (lockedUntil.map { " Có thể thử lại từ \(vietnameseMoment($0, facts))." } ?? "")
      )
    case .locked(let until):
      let end = until.map { "đến \(vietnameseMoment($0, facts))" } ?? "một thời gian"
      return (
        "Tạm ngừng ghi nhận giao dịch",
        [
          "Nhiều hóa đơn được gửi không khớp với giao dịch nào, nên chúng tôi tạm ngừng ghi giao dịch vào tài khoản của bạn "
            + "\(end).",
          "Nếu không phải bạn đã gửi, hãy báo ngay cho chúng tôi để được hỗ trợ.",
        ], "tạm ngừng ghi nhận giao dịch \(end) do nhiều hóa đơn không đúng. Nếu không phải bạn, hãy báo cho chúng tôi."
      )
    case .foundByEnrolment:
      return (
        "Chúng tôi đã tìm thấy giao dịch trước đây của bạn",
        ["Những giao dịch bạn đã mua bằng số điện thoại, thẻ hoặc e-mail của mình đã được ghi vào tài khoản của bạn."],
        "các giao dịch trước đây của bạn đã được ghi vào tài khoản."
      )
    }
  }

  private static func vietnameseName(_ receipt: String) -> String {
    ReceiptName.read(receipt).map { "hóa đơn \($0)" } ?? "hóa đơn của bạn"
  }

  private static func vietnamese(_ refusal: ClaimStatus.Refusal) -> String {
    switch refusal {
    case .receiptNotFound:
      "Không có giao dịch nào khớp với số hóa đơn, tổng tiền và ngày này. Vui lòng đối chiếu với hóa đơn rồi thử lại."
    case .severalReceipts: "Nhiều cửa hàng có hóa đơn cùng số. Vui lòng thử lại và cho biết cửa hàng."
    case .alreadyClaimed: "Giao dịch này đã được ghi vào một tài khoản."
    default: "Vui lòng liên hệ với chúng tôi để được hỗ trợ."
    }
  }

  private static func vietnameseInShort(_ refusal: ClaimStatus.Refusal) -> String {
    switch refusal {
    case .receiptNotFound: "Vui lòng kiểm tra số, tổng tiền và ngày."
    case .severalReceipts: "Vui lòng cho biết cửa hàng."
    case .alreadyClaimed: "Giao dịch đã được ghi vào một tài khoản."
    default: "Vui lòng liên hệ với chúng tôi."
    }
  }

  private static func vietnameseMoment(_ instant: Instant, _ facts: MessageFacts) -> String {
    Language.vietnamese.moment(instant, facts.calendar)
  }
}
