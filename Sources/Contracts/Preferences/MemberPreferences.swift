import JSON
import Loyalty

/// All that a member has ever said of the messages they want: the value of `loyalty.preferences`. What is not named was
/// never said, and is as the member's consent has it.
package struct MemberPreferences: Equatable, Sendable {
  package var memberId: String
  /// Each channel and topic once, in the order of their names.
  package private(set) var settings: [Setting]
  /// The request that changed something last.
  package var requestId: String
  package var occurredAt: Instant

  package struct Setting: Equatable, Sendable {
    package var preference: Preference
    /// When it was said last.
    package var since: Instant
    package var source: String

    package init(_ preference: Preference, since: Instant, source: String) {
      self.preference = preference
      self.since = since
      self.source = source
    }
  }

  package static let type: StaticString = "member.preferences"

  package init(memberId: String, settings: [Setting] = [], requestId: String, occurredAt: Instant) {
    self.memberId = memberId
    self.settings = settings
    self.requestId = requestId
    self.occurredAt = occurredAt
  }

  /// nil: never said.
  package func isWanted(_ topic: MessageTopic, by channel: Consent.Channel) -> Bool? {
    settings.first { $0.preference.channel == channel && $0.preference.topic == topic }?.preference.isWanted
  }

  /// Takes in what a request says, where nothing later was said before: requests come by several ways, and one may be
  /// slow. Of two of the same instant the one that came later counts. Says whether anything is another now.
  package mutating func apply(_ request: PreferenceRequest) -> Bool {
    let before = settings
    for change in request.changes {
      let said = Setting(change, since: request.occurredAt, source: request.source)
      let index = settings.firstIndex {
        $0.preference.channel == change.channel && $0.preference.topic == change.topic
      }
      if let index {
        if settings[index].since <= said.since { settings[index] = said }
      } else {
        settings.append(said)
      }
    }
    guard settings != before else { return false }
    settings.sort {
      ($0.preference.channel.rawValue, $0.preference.topic.rawValue)
        < ($1.preference.channel.rawValue, $1.preference.topic.rawValue)
    }
    requestId = request.id
    occurredAt = settings.map(\.since).max() ?? request.occurredAt
    return true
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("memberId", memberId)
    writer.field("occurredAt", occurredAt)
    writer.field("requestId", requestId)
    writer.key("settings")
    writer.beginArray()
    for setting in settings {
      writer.beginObject()
      setting.preference.encodeFields(to: &writer)
      writer.field("since", setting.since)
      writer.field("source", setting.source)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in try MemberPreferences(reading: &reader) }
  }

  private init(reading reader: inout JSONReader) throws {
    var memberId: String?
    var requestId: String?
    var occurredAt: Instant?
    var settings: [Setting] = []
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "memberId": memberId = try reader.id()
      case "requestId": requestId = try reader.id()
      case "occurredAt": occurredAt = try reader.instant()
      case "settings":
        try reader.beginArray()
        while try reader.nextElement() { settings.append(try Self.setting(&reader)) }
      default: try reader.skipValue()
      }
    }
    self.init(
      memberId: try memberId.required("memberId", in: reader), settings: settings,
      requestId: try requestId.required("requestId", in: reader),
      occurredAt: try occurredAt.required("occurredAt", in: reader))
  }

  private static func setting(_ reader: inout JSONReader) throws -> Setting {
    let offset = reader.position
    var fields = PreferenceFields()
    var since: Instant?
    var source: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try fields.read(key, &reader) { continue }
      switch key {
      case "since": since = try reader.instant()
      case "source": source = try reader.id()
      default: try reader.skipValue()
      }
    }
    return Setting(
      try fields.preference(in: reader, at: offset), since: try since.required("since", in: reader, at: offset),
      source: try source.required("source", in: reader, at: offset))
  }
}
