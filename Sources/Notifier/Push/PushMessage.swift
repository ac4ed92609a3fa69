import Contracts
import JSON
import Messages

/// One message to one device.
package struct PushMessage: Equatable, Sendable {
  /// As Firebase gave it to the app.
  package var deviceToken: String
  package var text: PushText
  package var notificationId: String
  /// For the app, which may open the right page: `points-earned`.
  package var template: String
  package var programId: String
  /// The member's page of preferences; nil: there is none.
  package var preferencesURL: String?
  /// Marketing wakes no device up.
  package var isUrgent: Bool
  /// How long Firebase keeps it for a device that is off, from `atMs` on.
  package var keptS: Int64
  package var atMs: Int64

  /// "Maximum value is 28 days".
  private static let keptSMax: Int64 = 28 * 86_400
  /// Of Apple's `apns-collapse-id` and of a browser's `Topic`, each more than an id of ours has digits.
  private static let topicBytesMax = 32

  package init(
    to deviceToken: String, _ text: PushText, notificationId: String, template: String, programId: String,
    preferencesURL: String? = nil, isUrgent: Bool = true, keptS: Int64, atMs: Int64
  ) {
    self.deviceToken = deviceToken
    self.text = text.cut
    self.notificationId = notificationId
    self.template = template
    self.programId = programId
    self.preferencesURL = preferencesURL
    self.isUrgent = isUrgent
    self.keptS = max(0, min(keptS, Self.keptSMax))
    self.atMs = atMs
  }

  /// `projects.messages.send`.
  package var body: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("message")
    writer.beginObject()
    writer.field("token", deviceToken)
    writer.key("notification")
    writer.beginObject()
    writer.field("title", text.title)
    writer.field("body", text.body)
    writer.endObject()
    writer.key("data")
    writer.beginObject()
    writer.field("notificationId", notificationId)
    writer.field("template", template)
    writer.field("programId", programId)
    writer.field("preferencesUrl", preferencesURL)
    writer.endObject()
    writeAndroid(&writer)
    writeApple(&writer)
    writeBrowser(&writer)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }

  private func writeAndroid(_ writer: inout JSONWriter) {
    writer.key("android")
    writer.beginObject()
    writer.field("collapse_key", notificationId)
    writer.field("priority", isUrgent ? "HIGH" : "NORMAL")
    writer.field("ttl", "\(keptS)s")
    writer.key("notification")
    writer.beginObject()
    writer.field("tag", notificationId)
    writer.endObject()
    writer.endObject()
  }

  private func writeApple(_ writer: inout JSONWriter) {
    writer.key("apns")
    writer.beginObject()
    writer.key("headers")
    writer.beginObject()
    writer.field("apns-collapse-id", notificationId)
    writer.field("apns-priority", isUrgent ? "10" : "5")
    writer.field("apns-expiration", "\(atMs / 1_000 + keptS)")
    writer.endObject()
    writer.endObject()
  }

  private func writeBrowser(_ writer: inout JSONWriter) {
    writer.key("webpush")
    writer.beginObject()
    writer.key("headers")
    writer.beginObject()
    writer.field("TTL", "\(keptS)")
    writer.field("Urgency", isUrgent ? "high" : "normal")
    // RFC 8030 §5.4: "no more than 32 characters from the URL and filename-safe Base 64 alphabet".
    writer.field("Topic", String(notificationId.suffix(Self.topicBytesMax)))
    writer.endObject()
    writer.key("notification")
    writer.beginObject()
    writer.field("tag", notificationId)
    writer.endObject()
    writer.endObject()
  }
}
