import Contracts
import GoldenRowChecks
import Loyalty
import Messages
import Notifier
import ServiceDomain

extension RowSamples {
  static func notifier() throws -> [RowSample] {
    try profiles() + preferences() + tracked()
      + messages("messages", .email, .service) + messages("sms-messages", .sms, .service)
      + messages("security-messages", .email, .security) + messages("security-sms-messages", .sms, .security)
      + messages("marketing-messages", .email, .marketing) + messages("marketing-sms-messages", .sms, .marketing)
      + messages("zns-messages", .zns, .service) + messages("marketing-zns-messages", .zns, .marketing)
      + messages("push-messages", .push, .service) + messages("security-push-messages", .push, .security)
      + messages("marketing-push-messages", .push, .marketing)
      + dayCounts() + outlooks() + [
        RowSample(
          "soft-bounces", "two", "0123456789abcdef0123456789abcdef",
          SoftBounces(
            atMs: [instant(1).milliseconds, instant(2).milliseconds], forgetAtMs: instant(32).milliseconds)),
        RowSample("soft-bounces", "none", "ab", SoftBounces(atMs: [], forgetAtMs: instant(32).milliseconds)),
        RowSample(
          "told", "one", MessageKey(memberId: "M-1", id: "n-1"), MessageRow.told(forgetAtMs: instant(9).milliseconds)),
        RowSample(
          "told", "undelivered", MessageKey(memberId: "M-1", id: "n-2"),
          MessageRow.undelivered(
            Announcement(
              news: .claim(.foundByEnrolment), programId: "coffee", programVersion: 1, cause: "enrolment",
              occurredAt: instant(1), traceparent: nil),
            MessageRow.Delivery(channel: .sms, attempts: 3), failedAt: instant(8),
            forgetAtMs: instant(9).milliseconds)),
        erasedMember(),
      ]
  }

  private static func profiles() throws -> [RowSample] {
    let statuses = try MemberProfile.Status.allCases.map { status in
      try RowSample(
        "profiles", status.rawValue, "M-\(status.rawValue)",
        ProfileRow(
          MemberProfile(
            id: "M-\(status.rawValue)", name: "Đặng Minh", email: "dang@example.com", phone: "+84901234567",
            locale: "vi-VN", timeZone: status == .active ? "Asia/Ho_Chi_Minh" : nil,
            consent: Consent(email: [.service], sms: [status == .active ? .marketing : .service]), status: status,
            occurredAt: instant(1))))
    }
    return try statuses + [
      RowSample("profiles", "least", "M-9", ProfileRow(MemberProfile(id: "M-9", occurredAt: instant(1)))),
      RowSample(
        "profiles", "marketing by e-mail", "M-8",
        ProfileRow(MemberProfile(id: "M-8", consent: Consent(email: [.marketing]), occurredAt: instant(1)))),
      RowSample(
        "profiles", "marketing to be confirmed", "M-7",
        ProfileRow(
          MemberProfile(
            id: "M-7", consent: Consent(email: [.marketing], sms: [.marketing], unconfirmed: [.email, .sms]),
            occurredAt: instant(1)))),
      RowSample(
        "profiles", "apps", "M-6",
        ProfileRow(
          MemberProfile(
            id: "M-6", consent: Consent(push: [.service, .marketing], unconfirmed: [.push]),
            devices: MemberDevice.Platform.allCases.map {
              MemberDevice(token: "token-of-\($0.rawValue)", platform: $0, app: $0 == .web ? nil : "shop")
            }, occurredAt: instant(1)))),
    ]
  }

  private static func preferences() throws -> [RowSample] {
    let settings = [
      MemberPreferences.Setting(Preference(.email, .points, isWanted: false), since: instant(2), source: "one-click"),
      .init(Preference(.email, .tier, isWanted: true), since: instant(1), source: "web-page"),
      .init(Preference(.sms, .expiry, isWanted: false), since: instant(3), source: "sms"),
      .init(Preference(.sms, .offers, isWanted: false), since: instant(3), source: "sms"),
      .init(Preference(.push, .points, isWanted: false), since: instant(3), source: "web-page"),
    ]
    return try [("least", []), ("some", settings)].map { name, settings in
      try RowSample(
        "preferences", name, "M-\(name)",
        PreferencesRow(
          MemberPreferences(memberId: "M-\(name)", settings: settings, requestId: "web-1", occurredAt: instant(3))))
    }
  }

  /// Every stage, with every outcome that may wait, and what was taken.
  private static func tracked() throws -> [RowSample] {
    try announcements().enumerated().map { index, announcement in
      let outcome = Contracts.Notification.Outcome.allCases[index % Contracts.Notification.Outcome.allCases.count]
      let stage = TrackedMessage.Stage.allCases[index % TrackedMessage.Stage.allCases.count]
      let language = index == 0 ? nil : Language.allCases[index % Language.allCases.count]
      let early = TrackedMessage.Early(
        outcome: outcome, code: index == 1 ? nil : "5.1.1", providerMessageId: index == 2 ? nil : "abc")
      let sms = index == 0 ? nil : SMSForm(encoding: index == 1 ? .gsm7 : .ucs2, segments: 2)
      var delivery = MessageRow.Delivery(
        channel: index.isMultiple(of: 2) ? .email : .sms, attempts: index, language: language, sms: sms,
        consentAsOf: index == 0 ? nil : instant(0),
        messageClass: MessageClass.allCases[index % MessageClass.allCases.count],
        validUntilMs: index == 0 ? nil : instant(8).milliseconds,
        countedOn: index == 3 ? LocalDate(daysSinceEpoch: 17_000) : nil, contact: index == 4 ? "a@example.com" : nil)
      if index > 1 { delivery.template = TemplateUsed(version: nil, isOfProgramme: false) }
      if index == 3 { delivery.carrier = .zns }
      if index == 5 { delivery.carrier = .push }
      if (5..<5 + progresses().count).contains(index) { delivery.push = progresses()[index - 5] }
      if index == 1 {
        delivery.template = TemplateUsed(version: 3, isOfProgramme: true)
        delivery.bookedAt = instant(2)
        delivery.retry = MessageRow.Retry(count: 1, requestId: "retry:n-1:9", actor: "ann", attemptsBefore: 1)
      }
      return try RowSample(
        "tracked", "message \(index)", "n-\(index)",
        TrackedMessage(
          memberId: "M-1", announcement: announcement, delivery: delivery,
          contact: "0123456789abcdef0123456789abcdef", stage: stage,
          taken: index == 0 ? [] : Set(Feedback.Kind.allCases.prefix(1 + index % 4)), early: index == 0 ? nil : early,
          forgetAtMs: instant(30).milliseconds))
    }
  }

  private static func dayCounts() throws -> [RowSample] {
    var counts = DayCounts(nowMs: instant(1).milliseconds)
    let none = try RowSample("day-counts", "none", "M-1", counts)
    for (messageClass, channel) in [(MessageClass.security, .email), (.service, .push), (.marketing, .sms)]
      as [(MessageClass, Consent.Channel)]
    {
      counts.add("coffee", messageClass, by: channel, on: LocalDate(daysSinceEpoch: 17_000), nowMs: 1_000)
    }
    return try [none, RowSample("day-counts", "three", "M-2", counts)]
  }

  private static func outlooks() throws -> [RowSample] {
    var full = OutlookRow()
    full.expiries = [Due(at: instant(30), points: 5), Due(at: instant(33), points: 7)]
    full.level = OutlookRow.Level(id: "gold", until: instant(300), missing: 120)
    full.told = OutlookRow.Told(first: instant(20), through: instant(25))
    full.toldLevelUntil = instant(200)
    full.judgeAtMs = instant(3).milliseconds
    var level = OutlookRow()
    level.level = OutlookRow.Level(id: "gold", until: instant(300), missing: nil)
    var welcome = OutlookRow()
    welcome.joinedAt = instant(1)
    welcome.judgeAtMs = instant(2).milliseconds
    return try [
      RowSample("outlooks", "full", RecordKey.memberProgram("M-1", "coffee"), full),
      RowSample("outlooks", "level", RecordKey.memberProgram("M-2", "coffee"), level),
      RowSample("outlooks", "welcome", RecordKey.joined("M-3", ""), welcome),
    ]
  }

  private static func messages(
    _ store: String, _ carrier: Carrier, _ messageClass: MessageClass
  ) throws -> [RowSample] {
    let ms = instant(4).milliseconds
    let announcements = announcements()
    let rows: [(String, MessageRow)] =
      announcements.enumerated().map { index, announcement in
        let sms = index == 2 ? SMSForm(encoding: .gsm7, segments: 1) : nil
        var delivery = MessageRow.Delivery(
          channel: carrier.channel, attempts: index, sms: sms, consentAsOf: index == 1 ? instant(0) : nil,
          messageClass: messageClass, validUntilMs: index == 0 ? nil : instant(8).milliseconds,
          countedOn: index == 3 ? LocalDate(daysSinceEpoch: 17_000) : nil, contact: index == 4 ? "a@example.com" : nil)
        delivery.carrier = carrier
        if (1...progresses().count).contains(index) { delivery.push = progresses()[index - 1] }
        if index > 0 { delivery.bookedAt = instant(2) }
        if index == 3 {
          delivery.retry = MessageRow.Retry(count: 1, requestId: "retry:n-1:9", actor: "ann", attemptsBefore: 2)
        }
        return ("queued \(index)", .queued(announcement, delivery, atMs: ms))
      }
      + Language.allCases.map { language in
        var delivery = MessageRow.Delivery(
          channel: carrier.channel, attempts: 1, language: language, sms: SMSForm(encoding: .ucs2, segments: 2),
          template: TemplateUsed(version: language == .english ? nil : 3, isOfProgramme: language == .french),
          messageClass: messageClass)
        delivery.carrier = carrier
        return ("attempting in \(language.rawValue)", .attempting(announcements[0], delivery, leaseUntilMs: ms))
      }
      + [
        ("collecting", .collecting(announcements[1], gathered: 2, lastEntry: 7, giveUpAtMs: ms)),
        ("told", .told(forgetAtMs: ms)),
      ]
    return try rows.map { try RowSample(store, $0.0, MessageKey(memberId: "M-1", id: "n-\($0.0)"), $0.1) }
  }

  /// With a device in each state, and in the first round and a later one.
  private static func progresses() -> [PushProgress] {
    func device(_ number: Int) -> MemberDevice { MemberDevice(token: "token-\(number)", platform: .android) }
    var started = PushProgress()
    started.begin(device(1))
    var whole = PushProgress()
    whole.begin(device(1))
    whole.taken(as: "projects/p/messages/1")
    for (number, state) in PushProgress.State.allCases.enumerated() where state != .taken {
      whole.begin(device(number + 2))
      whole.end(state, SendReason("fcm-internal"), isUnclear: state == .putOff)
    }
    var again = whole
    again.beginRound()
    again.begin(device(9))
    return [PushProgress(), started, whole, again]
  }

  private static func announcements() -> [Announcement] {
    news().enumerated().map { index, news in
      var announcement = Announcement(
        news: news, programId: "coffee", programVersion: index == 0 ? nil : index, cause: "pos:P-\(index)",
        occurredAt: instant(1),
        traceparent: index == 0 ? TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") : nil)
      if index == 2 {
        announcement.also = [nil, 3].map { AlsoEarned(programId: "tea", programVersion: $0, points: 7) }
      }
      return announcement
    }
  }

  private static func notices() -> [News] {
    let notices: [Notice] = [
      .pointsTakenBack(points: 5, purchase: "pos:P-1", after: AccountAfter(available: 4)),
      .pointsAdjusted(points: -5, after: AccountAfter(available: -4)),
      .pointsReleased(points: 5, expiresAt: instant(100), after: AccountAfter(available: 4)),
      .pointsReleased(points: 5, expiresAt: nil, after: AccountAfter(available: 4)),
      .tierLost(level: "base", previous: "silver", heldUntil: nil),
      .tierLost(level: "silver", previous: "gold", heldUntil: instant(300)),
      .tierKept(level: "gold", heldUntil: instant(300)), .welcome,
      .pointsExpiring(points: 5, until: instant(30), lastUntil: nil),
      .pointsExpiring(points: 5, until: instant(30), lastUntil: instant(33)),
      .tierEnding(level: "gold", until: instant(300), missing: nil),
      .tierEnding(level: "gold", until: instant(300), missing: 120),
    ]
    return (notices + Standing.Name.allCases.map(Notice.standing)).map(News.notice)
  }

  private static func news() -> [News] {
    [
      .pointsEarned(
        EarnedPoints(
          points: 90, after: AccountAfter(available: 190), byPurchase: true,
          terms: .init(arePending: true, pendingUntil: instant(14), expiresAt: instant(100)))),
      .pointsEarned(
        EarnedPoints(
          points: 90, after: AccountAfter(available: 190, status: .frozen), byPurchase: false,
          terms: .init(arePending: false))),
      .pointsEarned(EarnedPoints(points: 90, after: AccountAfter(available: -190), byPurchase: false, terms: nil)),
      .pointsRedeemed(points: 30, after: AccountAfter(available: 160)),
      .pointsReceived(points: 5, after: AccountAfter(available: 165, status: .closed)),
      .pointsCameBack(points: 6, after: AccountAfter(available: 171)),
      .tierReached(level: "silver", heldUntil: instant(300)), .tierReached(level: "base", heldUntil: nil),
      .claim(.accepted(receipt: "POS7-1")), .claim(.locked(until: instant(5))), .claim(.locked(until: nil)),
      .claim(.foundByEnrolment),
      .claim(.refused(receipt: "POS7-1", .receiptNotFound, lockedUntil: instant(5))),
      .pointsGiven(points: 5, after: AccountAfter(available: 4)), .contactChanged(.email), .contactChanged(.phone),
      .pointsDigest(
        DigestedPoints(
          EarnedPoints(points: 90, after: AccountAfter(available: 190), byPurchase: true, terms: nil))),
    ] + notices() + ClaimStatus.Refusal.allCases.map { .claim(.refused(receipt: "POS7-1", $0, lockedUntil: nil)) }
  }
}
