import Contracts
import Loyalty

extension MessageRow.Delivery {
  /// What is told of the message: its outcome, or what was reported of it.
  func notification(
    _ key: MessageKey, _ announcement: Announcement, _ outcome: Notification.Outcome, reason: String?,
    providerMessageId: String?, at instant: Instant
  ) -> Notification {
    var notification = Notification(
      id: key.id, memberId: key.memberId, programId: announcement.programId, channel: channel,
      template: announcement.template.rawValue, locale: language?.rawValue, cause: announcement.cause,
      outcome: outcome, reason: reason, attempts: attempts, sms: sms, providerMessageId: providerMessageId,
      occurredAt: instant, templateVersion: template?.version, consentAsOf: consentAsOf)
    notification.retries = retry?.count ?? 0
    notification.retriedBy = retry?.actor
    return notification
  }
}
