import JSON
import Loyalty

/// Whether messages of one topic are wanted by one channel.
package struct Preference: Hashable, Sendable {
  package var channel: Consent.Channel
  package var topic: MessageTopic
  package var isWanted: Bool

  package init(_ channel: Consent.Channel, _ topic: MessageTopic, isWanted: Bool) {
    self.channel = channel
    self.topic = topic
    self.isWanted = isWanted
  }

  /// Every pair of channel and topic, each said to be wanted or not.
  package static func all(
    channels: [Consent.Channel] = Consent.Channel.allCases, topics: [MessageTopic] = MessageTopic.allCases,
    isWanted: Bool
  ) -> [Preference] {
    channels.flatMap { channel in topics.map { Preference(channel, $0, isWanted: isWanted) } }
  }

  func encodeFields(to writer: inout JSONWriter) {
    writer.field("channel", channel.rawValue)
    writer.field("topic", topic.rawValue)
    writer.field("wanted", isWanted)
  }
}

/// Reads the fields of a preference among others.
struct PreferenceFields {
  private var channel: Consent.Channel?
  private var topic: MessageTopic?
  private var isWanted: Bool?
  private var seen: UInt64 = 0

  /// False: the field is another one, and nothing is read.
  mutating func read(_ key: JSONText, _ reader: inout JSONReader) throws -> Bool {
    switch key {
    case "channel":
      try reader.once(0, &seen)
      channel = try reader.word(Consent.Channel.self)
    case "topic":
      try reader.once(1, &seen)
      topic = try reader.word(MessageTopic.self)
    case "wanted":
      try reader.once(2, &seen)
      isWanted = try reader.bool()
    default: return false
    }
    return true
  }

  /// - Parameter offset: where the object begins.
  func preference(in reader: borrowing JSONReader, at offset: Int) throws -> Preference {
    Preference(
      try channel.required("channel", in: reader, at: offset), try topic.required("topic", in: reader, at: offset),
      isWanted: try isWanted.required("wanted", in: reader, at: offset))
  }
}
