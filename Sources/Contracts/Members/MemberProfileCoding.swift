import JSON
import Loyalty

extension MemberProfile {
  package static let type: StaticString = "member.profile"

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", literal: Self.type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    writer.field("name", name)
    writer.field("email", email)
    writer.field("phone", phone)
    writer.field("locale", locale)
    writer.field("timeZone", timeZone)
    writer.field("birthday", birthday)
    writer.field("joinedAt", joinedAt)
    writer.key("consent")
    writer.beginObject()
    // What came later than the others is there where it says something.
    for channel in Consent.Channel.allCases where channel != .push || !consent.push.isEmpty {
      writer.key(channel.rawValue)
      writer.beginArray()
      for kind in Consent.Kind.allCases where consent[channel].contains(kind) { writer.string(kind.rawValue) }
      writer.endArray()
    }
    if !consent.unconfirmed.isEmpty {
      writer.key("unconfirmed")
      writer.beginArray()
      for channel in Consent.Channel.allCases where consent.unconfirmed.contains(channel) {
        writer.string(channel.rawValue)
      }
      writer.endArray()
    }
    writer.endObject()
    writer.field("status", status.rawValue)
    if !cards.isEmpty {
      writer.key("cards")
      writer.beginArray()
      for card in cards { writer.string(card) }
      writer.endArray()
    }
    if !segments.isEmpty {
      writer.key("segments")
      writer.beginArray()
      for segment in segments { writer.string(segment) }
      writer.endArray()
    }
    writer.field("mergedInto", mergedInto)
    if !devices.isEmpty {
      writer.key("devices")
      writer.beginArray()
      for device in devices { device.encode(to: &writer) }
      writer.endArray()
    }
    writer.endObject()
  }

  /// - Parameter importedAt: for files that people write: stands in for `occurredAt`, and `type` may be left out.
  package init(
    decoding bytes: UnsafeRawBufferPointer, importedAt: Instant? = nil
  ) throws(ContractViolation) {
    self = try Contracts.decoding(bytes) { reader in
      let head = importedAt.map { EventHead(type: "\(Self.type)", occurredAt: $0) }
      return try MemberProfile(reading: &reader, head ?? EventHead(nil, []))
    }
  }

  /// A record of `loyalty.members`. The CloudEvents attributes may stand in for `type` and `occurredAt`; the id is the
  /// member's, which no event's id can be.
  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    var attributes = envelope.attributes
    attributes?.id = nil
    self = try Contracts.decoding(envelope) { reader in
      try MemberProfile(reading: &reader, EventHead(attributes, []))
    }
  }

  private init(reading reader: inout JSONReader, _ head: EventHead) throws {
    var seen: UInt64 = 0
    var head = head
    var profile = MemberProfile(id: "", occurredAt: .epoch)
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "name":
        try reader.once(0, &seen)
        profile.name = try reader.name()
      case "email":
        try reader.once(1, &seen)
        profile.email = try reader.email()
      case "phone":
        try reader.once(2, &seen)
        profile.phone = try reader.phone()
      case "locale":
        try reader.once(3, &seen)
        profile.locale = try reader.locale()
      case "birthday":
        try reader.once(4, &seen)
        profile.birthday = try reader.birthday()
      case "joinedAt":
        try reader.once(5, &seen)
        profile.joinedAt = try reader.instant()
      case "consent":
        try reader.once(6, &seen)
        profile.consent = try Consent(reading: &reader)
      case "status":
        try reader.once(7, &seen)
        profile.status = try reader.word(Status.self)
      case "cards":
        try reader.once(8, &seen)
        profile.cards = try reader.cards()
      case "mergedInto":
        try reader.once(9, &seen)
        profile.mergedInto = try reader.id()
      case "segments":
        try reader.once(10, &seen)
        profile.segments = try reader.segments()
      case "timeZone":
        try reader.once(11, &seen)
        profile.timeZone = try reader.timeZone()
      case "devices":
        try reader.once(12, &seen)
        profile.devices = try reader.devices()
      default:
        try reader.skipValue()
      }
    }
    try head.expect("\(Self.type)", in: reader)
    profile.id = try head.id(in: reader)
    profile.occurredAt = try head.occurredAt(in: reader)
    self = profile
  }
}

extension Consent {
  fileprivate init(reading reader: inout JSONReader) throws {
    self.init()
    var seen: UInt64 = 0
    try reader.beginObject()
    while let key = try reader.nextField() {
      switch key {
      case "email":
        try reader.once(0, &seen)
        email = try Self.readWords(&reader)
      case "sms":
        try reader.once(1, &seen)
        sms = try Self.readWords(&reader)
      case "push":
        try reader.once(3, &seen)
        push = try Self.readWords(&reader)
      case "unconfirmed":
        try reader.once(2, &seen)
        unconfirmed = try Self.readWords(&reader)
      default:
        throw reader.violation(.invalidValue, "is neither a channel (email, sms, push) nor unconfirmed")
      }
    }
  }

  private static func readWords<Word: Hashable & CaseIterable & RawRepresentable<String>>(
    _ reader: inout JSONReader
  ) throws -> Set<Word> {
    var words: Set<Word> = []
    try reader.beginArray()
    while try reader.nextElement() { words.insert(try reader.word(Word.self)) }
    return words
  }
}

extension JSONReader {
  fileprivate mutating func email() throws -> String? {
    guard let text = try name() else { return nil }
    guard EmailAddress.isAddress(text) else { throw violation(.invalidValue, "must be an e-mail address") }
    return text
  }

  fileprivate mutating func phone() throws -> String? {
    guard let text = try name() else { return nil }
    let digits = text.utf8.dropFirst()
    let isE164 =
      text.utf8.first == UInt8(ascii: "+") && (7...15).contains(digits.count) && digits.first != UInt8(ascii: "0")
      && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard isE164 else { throw violation(.invalidValue, "must be an E.164 number such as +84901234567") }
    return text
  }

  /// Card numbers, normalised and each once.
  fileprivate mutating func cards() throws -> [String] {
    var cards: [String] = []
    try beginArray()
    while try nextElement() {
      let text = try string()
      guard let card = CardNumber.normalised(text) else {
        throw violation(.invalidCard, "must be a card number of 4 to 64 letters and digits")
      }
      guard cards.count < MemberProfile.cardsMax else {
        throw violation(.invalidValue, "names more than \(MemberProfile.cardsMax) cards")
      }
      if !cards.contains(card) { cards.append(card) }
    }
    return cards
  }

  /// Each token once, as it was said first.
  fileprivate mutating func devices() throws -> [MemberDevice] {
    var devices: [MemberDevice] = []
    try beginArray()
    while try nextElement() {
      let device = try MemberDevice(reading: &self)
      guard devices.count < MemberDevice.perMemberMax else {
        throw violation(.tooLarge, "names more than \(MemberDevice.perMemberMax) devices")
      }
      if !devices.contains(where: { $0.token == device.token }) { devices.append(device) }
    }
    return devices
  }

  fileprivate mutating func locale() throws -> String? {
    guard let text = try name() else { return nil }
    let subtags = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let isLocale =
      (2...3).contains(subtags[0].count)
      && subtags.allSatisfy { (1...8).contains($0.count) && $0.allSatisfy(Self.isLetterOrDigit) }
    guard isLocale else { throw violation(.invalidValue, "must be a language tag such as vi or en-GB") }
    return text
  }

  fileprivate mutating func timeZone() throws -> String? {
    guard let text = try name() else { return nil }
    guard ZoneCalendar.shared(text) != nil else {
      throw violation(.invalidValue, "must name a time zone of the IANA database, such as Asia/Ho_Chi_Minh")
    }
    return text
  }

  fileprivate mutating func segments() throws -> [String] {
    var segments: [String] = []
    try beginArray()
    while try nextElement() {
      let segment = try id()
      guard segments.count < MemberProfile.segmentsMax else {
        throw violation(.tooLarge, "holds more than \(MemberProfile.segmentsMax) segments")
      }
      if !segments.contains(segment) { segments.append(segment) }
    }
    return segments
  }

  /// `1990-02-28`, or `--02-28` where the year is not told.
  fileprivate mutating func birthday() throws -> String? {
    guard let text = try name() else { return nil }
    // A year with a 29 February stands in for the one that was not told.
    let date = text.hasPrefix("--") ? "2000-" + text.dropFirst(2) : text
    guard text.utf8.count == (text.hasPrefix("--") ? 7 : 10), Instant(rfc3339: date + "T00:00:00Z") != nil else {
      throw violation(.invalidValue, "must be a date such as 1990-02-28, or --02-28 without the year")
    }
    return text
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }
}
