import Contracts
import Loyalty
import Notifier
import StreamRuntime
import Testing

/// What the notifier keeps of one message and of one member fits into a record of the changelog, whatever others wrote.
@Suite(.timeLimit(.minutes(10))) struct RowSizeTests {
  /// A sixteenth of what brokers take by default: no row here grows with what happens.
  private static let rowBytesMax = 65_536
  private static let longId = String(repeating: "😀", count: FieldRules.idLengthMax)

  private static func bytes(_ row: some StoreRow) -> Int {
    let buffer = ByteBuffer()
    RowImage.write(row, to: buffer)
    return buffer.bytes.count
  }

  @Test func messages() {
    let text = String(repeating: "x", count: FieldRules.madeTextBytesMax)
    let news: [News] = [
      .tierReached(level: text, heldUntil: .distantFuture),
      .pointsEarned(
        EarnedPoints(
          points: .largestRead, after: AccountAfter(available: .largestRead, status: .frozen), byPurchase: true,
          terms: .init(arePending: true, pendingUntil: .distantFuture, expiresAt: .distantFuture))),
      .claim(.refused(receipt: Self.longId, .tooManyOpenClaims, lockedUntil: .distantFuture)),
      .notice(.pointsTakenBack(points: .largestRead, purchase: text, after: AccountAfter(available: .largestRead))),
      .notice(.tierLost(level: text, previous: text, heldUntil: .distantFuture)),
    ]
    for news in news {
      let announcement = Announcement(
        news: news, programId: Self.longId, programVersion: .max, cause: text, occurredAt: .distantFuture,
        traceparent: TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
      var full = announcement
      full.also = (0..<4).map { _ in
        AlsoEarned(programId: Self.longId, programVersion: .max, points: .largestRead)
      }
      var failed = MessageRow.Delivery(channel: .sms, attempts: .max, contact: text)
      failed.bookedAt = .distantFuture
      failed.retry = MessageRow.Retry(
        count: .max, requestId: Self.longId, actor: String(repeating: "x", count: FieldRules.textBytesMax),
        attemptsBefore: .max)
      let rows: [MessageRow] = [
        .undelivered(full, failed, failedAt: .distantFuture, forgetAtMs: .max),
        .collecting(announcement, gathered: .max, lastEntry: .max, giveUpAtMs: .max),
        .queued(announcement, MessageRow.Delivery(channel: .email, attempts: .max), atMs: .max),
      ]
      for row in rows { #expect(Self.bytes(row) < Self.rowBytesMax, "\(Self.bytes(row))") }
    }
  }

  @Test func preferences() {
    let settings = Preference.all(isWanted: false).map {
      MemberPreferences.Setting($0, since: .distantFuture, source: Self.longId)
    }
    let preferences = MemberPreferences(
      memberId: Self.longId, settings: settings, requestId: Self.longId, occurredAt: .distantFuture)
    #expect(Self.bytes(PreferencesRow(preferences)) < Self.rowBytesMax)
  }

  @Test func profiles() {
    let text = String(repeating: "x", count: FieldRules.textBytesMax)
    let profile = MemberProfile(
      id: Self.longId, name: text, email: text, phone: text, locale: text,
      consent: Consent(email: Set(Consent.Kind.allCases), sms: Set(Consent.Kind.allCases)),
      occurredAt: .distantFuture)
    #expect(Self.bytes(ProfileRow(profile)) < Self.rowBytesMax)
  }
}
