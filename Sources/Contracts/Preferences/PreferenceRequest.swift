import JSON
import Loyalty

/// What messages a member wants, or wants no more: the value of `loyalty.preference-requests`. The notifier alone acts
/// upon it.
package struct PreferenceRequest: Equatable, Sendable {
  package var id: String
  package var subject: Subject
  /// One at least; of two about the same channel and topic the later one counts.
  package var changes: [Preference]
  /// By whom: `web-page`, `one-click`, `mail`, `sms`, `loyalty`, or a shop's own name.
  package var source: String
  /// The person who said it in the member's stead.
  package var actor: String?
  package var occurredAt: Instant

  package enum Subject: Hashable, Sendable {
    case member(String)
    /// All members who have a contact, by its digest as `transaction-ingest` makes it; `check` is the digest of a fixed
    /// text, which tells whether both use the same secret.
    case contact(digest: String, check: String)
  }

  private enum Kind: String, CaseIterable {
    case ofMember = "preference.request"
    case ofContact = "preference.contact-request"
  }

  package static let changesMax = 64

  package init(
    id: String, subject: Subject, changes: [Preference], source: String, actor: String? = nil, occurredAt: Instant
  ) {
    self.id = id
    self.subject = subject
    self.changes = changes
    self.source = source
    self.actor = actor
    self.occurredAt = occurredAt
  }

  package var type: String {
    switch subject {
    case .member: Kind.ofMember.rawValue
    case .contact: Kind.ofContact.rawValue
    }
  }

  /// What the record's key is.
  package var recordKey: String {
    switch subject {
    case .member(let memberId): memberId
    case .contact(let digest, _): digest
    }
  }

  package func encode(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("type", type)
    writer.field("id", id)
    writer.field("occurredAt", occurredAt)
    switch subject {
    case .member(let memberId): writer.field("memberId", memberId)
    case .contact(let digest, let check):
      writer.field("digest", digest)
      writer.field("check", check)
    }
    writer.key("changes")
    writer.beginArray()
    for change in changes {
      writer.beginObject()
      change.encodeFields(to: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.field("source", source)
    writer.field("actor", actor)
    writer.endObject()
  }

  /// The CloudEvents attributes may stand in for `type`, `id`, `source` and `occurredAt`.
  package init(decoding envelope: EventEnvelope) throws(ContractViolation) {
    self = try Contracts.decoding(envelope) { reader in
      try PreferenceRequest(reading: &reader, EventHead(envelope.attributes, [.memberId, .source]))
    }
  }

  private init(reading reader: inout JSONReader, _ head: EventHead) throws {
    var seen: UInt64 = 0
    var head = head
    var changes: [Preference]?
    var digest: String?
    var check: String?
    var actor: String?
    try reader.beginObject()
    while let key = try reader.nextField() {
      if try head.read(key, &reader) { continue }
      switch key {
      case "changes":
        try reader.once(0, &seen)
        changes = try Self.changes(&reader)
      case "digest":
        try reader.once(1, &seen)
        digest = try reader.digest()
      case "check":
        try reader.once(2, &seen)
        check = try reader.digest()
      case "actor":
        try reader.once(3, &seen)
        actor = try reader.name()
      default:
        try reader.skipValue()
      }
    }
    let subject: Subject =
      switch try head.kind(Kind.self, in: reader) {
      case .ofMember: .member(try head.memberId(in: reader))
      case .ofContact:
        .contact(digest: try digest.required("digest", in: reader), check: try check.required("check", in: reader))
      }
    self.init(
      id: try head.id(in: reader), subject: subject, changes: try changes.required("changes", in: reader),
      source: try head.knownSource().required("source", in: reader), actor: actor,
      occurredAt: try head.occurredAt(in: reader))
  }

  private static func changes(_ reader: inout JSONReader) throws -> [Preference] {
    var changes: [Preference] = []
    let start = reader.position
    try reader.beginArray()
    while try reader.nextElement() {
      guard changes.count < changesMax else {
        throw reader.violation(.tooLarge, "names more than \(changesMax) changes")
      }
      let offset = reader.position
      var fields = PreferenceFields()
      try reader.beginObject()
      while let key = try reader.nextField() {
        if try !fields.read(key, &reader) { try reader.skipValue() }
      }
      changes.append(try fields.preference(in: reader, at: offset))
    }
    guard !changes.isEmpty else {
      throw reader.violation(.invalidValue, "must name one change at least", at: start)
    }
    return changes
  }
}

extension JSONReader {
  /// 32 hexadecimal digits.
  fileprivate mutating func digest() throws -> String {
    let text = try string()
    let isDigest =
      text.utf8.count == 32
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
    guard isDigest else { throw violation(.invalidValue, "must be a digest of 32 hexadecimal digits") }
    return text
  }
}
