import Contracts
import GDPRWorker
import Loyalty
import Notifier
import ServiceDomain
import TierEvaluator

extension Samples {
  static func tierEvaluator() throws -> [Sample] {
    var whole = CountedPurchaseRow()
    whole.remember(counted(programId: "coffee", returnIds: ["R-1"]), until: instant(400))
    whole.remember(counted(programId: nil, returnIds: []), until: instant(401))
    for reversal in [waitingReturn(), waitingCancellation(), waitingForAll()] { whole.keepWaiting(reversal) }
    let key = CountedPurchaseKey(memberId: "M-1", programId: "coffee", purchaseId: "P-1")
    var blank = CountedPurchaseRow()
    blank.remember(
      CountedPurchase(
        purchaseId: "P-1", source: "pos", programId: nil, occurredAt: instant(1), currency: .code("EUR"),
        spend: PurchaseSpend(lines: [], eligible: 0)), until: instant(1))
    return try [
      tiers(), Sample("tiers", "new", TierKey(memberId: "M-2", programId: "coffee"), newTier()),
      Sample("purchases", "everything", key, whole), Sample("purchases", "no lines", key, blank),
      Sample("purchases", "empty", key, CountedPurchaseRow()), erasedMember(),
    ]
  }

  private static func counted(programId: String?, returnIds: [String]) -> CountedPurchase {
    CountedPurchase(
      purchaseId: "P-1", source: "pos", programId: programId, occurredAt: instant(1), currency: .code("VND"),
      spend: spend(), returnIds: returnIds)
  }

  static func gdprWorker() throws -> [Sample] {
    let parts =
      Service.allCases.enumerated().map { index, service in
        RequestRow.Part(service: service, partition: Int32(index), done: .init(rowsErased: 3, at: instant(2)))
      } + [RequestRow.Part(service: .notifier, partition: 7, done: nil)]
    let open = try PrivacyRequest.Kind.allCases.map { kind in
      try Sample(
        "requests", "open \(kind.rawValue)", "G-\(kind.rawValue)",
        RequestRow(
          kind: kind, requestedAt: instant(1),
          state: .open(memberId: "M-1", parts: kind == .erasure ? parts : [], overdueAt: instant(30))))
    }
    return try open + [
      Sample(
        "requests", "closed", "G-0", RequestRow(kind: .erasure, requestedAt: instant(1), state: .closed(at: instant(3)))
      )
    ]
  }

  static func notifier() throws -> [Sample] {
    try profiles() + messages("messages", .email) + messages("sms-messages", .sms)
      + [
        Sample(
          "told", "one", MessageKey(memberId: "M-1", id: "n-1"), MessageRow.told(forgetAtMs: instant(9).milliseconds)),
        erasedMember(),
      ]
  }

  private static func profiles() throws -> [Sample] {
    let statuses = try MemberProfile.Status.allCases.map { status in
      try Sample(
        "profiles", status.rawValue, "M-\(status.rawValue)",
        ProfileRow(
          MemberProfile(
            id: "M-\(status.rawValue)", name: "Đặng Minh", email: "dang@example.com", phone: "+84901234567",
            locale: "vi-VN",
            consent: Consent(email: [.service], sms: [status == .active ? .marketing : .service]), status: status,
            occurredAt: instant(1))))
    }
    return try statuses + [
      Sample("profiles", "least", "M-9", ProfileRow(MemberProfile(id: "M-9", occurredAt: instant(1)))),
      Sample(
        "profiles", "marketing by e-mail", "M-8",
        ProfileRow(MemberProfile(id: "M-8", consent: Consent(email: [.marketing]), occurredAt: instant(1)))),
    ]
  }

  private static func messages(_ store: String, _ channel: Consent.Channel) throws -> [Sample] {
    let ms = instant(4).milliseconds
    let announcements = news().enumerated().map { index, news in
      Announcement(
        news: news, programId: "coffee", programVersion: index == 0 ? nil : index, cause: "pos:P-\(index)",
        occurredAt: instant(1),
        traceparent: index == 0 ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : nil)
    }
    let rows: [(String, MessageRow)] =
      announcements.enumerated().map { index, announcement in
        let delivery = MessageRow.Delivery(channel: channel, attempts: index)
        return ("queued \(index)", .queued(announcement, delivery, atMs: ms))
      }
      + Language.allCases.map { language in
        let delivery = MessageRow.Delivery(channel: channel, attempts: 1, language: language)
        return ("attempting in \(language.rawValue)", .attempting(announcements[0], delivery, leaseUntilMs: ms))
      }
      + [
        ("collecting", .collecting(announcements[1], gathered: 2, lastEntry: 7, giveUpAtMs: ms)),
        ("told", .told(forgetAtMs: ms)),
      ]
    return try rows.map { try Sample(store, $0.0, MessageKey(memberId: "M-1", id: "n-\($0.0)"), $0.1) }
  }

  private static func news() -> [Announcement.News] {
    [
      .pointsEarned(points: 90, balance: 190, arePending: true),
      .pointsEarned(points: 90, balance: 190, arePending: false), .pointsRedeemed(points: 30, balance: 160),
      .pointsReceived(points: 5, balance: 165), .pointsCameBack(points: 6, balance: 171),
      .tierReached(level: "silver", heldUntil: instant(300)), .tierReached(level: "base", heldUntil: nil),
      .claimAccepted(receipt: "POS7-1"), .claimsLocked(until: instant(5)), .claimsLocked(until: nil), .purchasesFound,
      .claimRefused(receipt: "POS7-1", .receiptNotFound, lockedUntil: instant(5)),
    ] + ClaimStatus.Refusal.allCases.map { .claimRefused(receipt: "POS7-1", $0, lockedUntil: nil) }
  }
}
