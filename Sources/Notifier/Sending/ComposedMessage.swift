import Contracts
import Loyalty
import Messages

/// A message in words as its channel sends it, or why it is not sent.
enum ComposedMessage {
  case ready(OutgoingMessage, SMSForm?)
  /// For this stable reason.
  case unsendable(String)

  static let withoutTemplate = "zns-no-template"

  init(
    _ written: MessageWriter.Written, to address: Suppression.Address, id: String, at date: Instant,
    _ settings: NotifierSettings, _ invitation: PreferenceInvitation
  ) {
    let wording = written.wording
    switch address {
    case .email(let mailbox):
      // There is a sender wherever there is an SMTP server.
      guard let from = settings.mailFrom else {
        self = .unsendable(Suppression.notConfigured)
        return
      }
      let mail = MailMessage(
        from: written.senderName.map(from.named) ?? from, to: mailbox, subject: wording.subject, body: wording.body,
        notificationId: id, date: date, unsubscribeURL: invitation.otherURL, oneClickURL: invitation.oneClickURL,
        html: wording.html)
      self = .ready(.email(mail), nil)
    case .phone(let number):
      let linked = invitation.isInSMS ? invitation.pageURL : nil
      let texts = [linked.map { "\(wording.sms) \(written.language.messagesWord): \($0)" }, wording.sms]
      let fitting = texts.lazy.compactMap { text in
        text.flatMap { SMSText.fitting($0, settings.smsLetters, segmentsMax: settings.smsSegmentsMax) }
      }
      guard let sms = fitting.first else {
        self = .unsendable("sms-too-long")
        return
      }
      let message = SMSMessage(to: number, text: sms.text, encoding: sms.form.encoding, notificationId: id)
      self = .ready(.sms(message), sms.form)
    // See `init(push:…)`.
    case .devices: self = .unsendable(Suppression.notConfigured)
    }
  }

  /// For one of the member's devices.
  init(
    push written: MessageWriter.Written, _ announcement: Announcement, to device: MemberDevice, id: String,
    _ delivery: MessageRow.Delivery, atMs nowMs: Int64, _ invitation: PreferenceInvitation
  ) {
    let untilMs = delivery.validUntilMs ?? nowMs + Instant.dayMs
    let message = PushMessage(
      to: device.token, written.wording.push, notificationId: id, template: announcement.template.rawValue,
      programId: announcement.programId, preferencesURL: invitation.pageURL,
      isUrgent: delivery.messageClass != .marketing, keptS: (untilMs - nowMs) / 1_000, atMs: nowMs)
    self = .ready(.push(message), nil)
  }

  /// For Zalo; nil: it has no template for this in this language, or has one that would stay empty somewhere.
  init?(
    zns written: MessageWriter.Written, _ announcement: Announcement, to address: Suppression.Address, id: String,
    _ settings: NotifierSettings
  ) {
    guard case .phone(let number) = address,
      let template = settings.channels.zns?.templates.message(
        announcement.template.rawValue, of: announcement.programId, written.facts, in: written.language,
        brand: written.brand)
    else { return nil }
    self = .ready(.zns(ZNSMessage(to: number, template: template, notificationId: id)), nil)
  }
}
