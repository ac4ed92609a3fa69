/// What a link in a message stands for: the member it was sent to, by which channel, about which topic. Its bytes go
/// into the link sealed (`Signing/LinkSeal`), and outlive releases: a link in an old mail still works.
package struct PreferenceLink: Hashable, Sendable {
  package let memberId: String
  package let channel: Consent.Channel
  package let topic: MessageTopic

  package init(memberId: String, channel: Consent.Channel, topic: MessageTopic) {
    self.memberId = memberId
    self.channel = channel
    self.topic = topic
  }

  private static let version: UInt8 = 1
  /// Places in these never change.
  private static let channels: [Consent.Channel] = [.email, .sms, .push]
  private static let topics: [MessageTopic] = [.points, .tier, .expiry, .offers]

  /// One byte of version and channel, one of the topic, then the member's id.
  package var bytes: [UInt8] {
    guard let channelPlace = Self.channels.firstIndex(of: channel), let topicPlace = Self.topics.firstIndex(of: topic)
    else { preconditionFailure("a channel or topic without a place in links") }
    return [Self.version << 4 | UInt8(channelPlace), UInt8(topicPlace)] + memberId.utf8
  }

  /// nil where these are no link's, or one's of a later release.
  package init?(bytes: [UInt8]) {
    guard bytes.count > 2, bytes[0] >> 4 == Self.version, let memberId = String(validating: bytes[2...], as: UTF8.self),
      FieldRules.isId(memberId), Self.channels.indices.contains(Int(bytes[0] & 0xF)),
      Self.topics.indices.contains(Int(bytes[1]))
    else { return nil }
    self.init(memberId: memberId, channel: Self.channels[Int(bytes[0] & 0xF)], topic: Self.topics[Int(bytes[1])])
  }
}
