import JSON
import Loyalty

/// The `messages` of a programme: when and how often its members are told.
package enum MessagePolicyDocument {
  /// The messages whose class a programme may change; those of class security are not among them.
  package static let templates = Set([
    "points-earned", "points-received", "points-came-back", "tier-reached", "claim-accepted", "claim-refused",
    "claims-locked", "purchases-found",
  ]).union(askedFor)
  /// Sent only where `tell` names them.
  package static let askedFor = Set(Asked.allCases.map(\.rawValue))
  /// The ones that can be gathered.
  private static let digested: Set<String> = ["points-earned"]

  /// The ones that tell what is to come, and those among them that tell it of several days.
  private static let ahead: Set<String> = ["points-expiring", "tier-ending"]
  private static let gatheredAhead: Set<String> = ["points-expiring"]

  private enum Asked: String, CaseIterable {
    case pointsTakenBack = "points-taken-back"
    case pointsAdjusted = "points-adjusted"
    case pointsReleased = "points-released"
    case tierLost = "tier-lost"
    case tierKept = "tier-kept"
    case accountFrozen = "account-frozen"
    case accountUnfrozen = "account-unfrozen"
    case accountClosed = "account-closed"
    case welcome
    case pointsExpiring = "points-expiring"
    case tierEnding = "tier-ending"
  }
  private enum TemplateClass: String, CaseIterable { case service, marketing }
  private enum Gathering: String, CaseIterable { case none, daily }

  static let validHoursMax: Int64 = 720
  static let perDayMax: Int64 = 1_000
  private static let digestAt = 18 * 60

  static func policy(_ fields: ProgramFields) -> MessagePolicy {
    var policy = MessagePolicy()
    guard
      let messages = fields.object(
        "messages", known: ["channels", "security", "service", "marketing", "templates", "tell"])
    else { return policy }
    if let list = messages.node["channels"],
      let names = messages.elements(of: list, from: 1, to: Consent.Channel.allCases.count)
    {
      for name in names {
        guard let channel = messages.word(name, Consent.Channel.self)?.rawValue else { continue }
        if policy.channels.contains(channel) {
          messages.problems.add(name.path, "names \(channel) again; each channel has one place")
        } else {
          policy.channels.append(channel)
        }
      }
    }
    // Nothing holds a security message back.
    if let security = messages.object("security", known: ["validHours"]) { policy.security = rules(security) }
    if let service = messages.object("service", known: ["validHours", "email", "sms", "push"]) {
      policy.service = rules(service)
    }
    if let marketing = messages.object("marketing", known: ["validHours", "email", "sms", "push", "label"]) {
      policy.marketing = rules(marketing)
      policy.label = marketing.node["label"].flatMap { marketing.word($0, MessagePolicy.Label.self) } ?? .shown
    }
    if let templates = messages.object("templates", known: Self.templates) {
      for name in Self.templates.sorted() { policy.templates[name] = self.template(name, in: templates) }
    }
    if let list = messages.node["tell"], let names = messages.elements(of: list, from: 0, to: askedFor.count) {
      policy.told = Set(names.compactMap { messages.word($0, Asked.self)?.rawValue })
    }
    return policy
  }

  private static func rules(_ fields: ProgramFields) -> MessagePolicy.ClassRules {
    MessagePolicy.ClassRules(
      validHours: fields.node["validHours"].flatMap { fields.whole($0, 1...validHoursMax) }.map { Int($0) },
      email: channel("email", fields), sms: channel("sms", fields), push: channel("push", fields))
  }

  private static func channel(_ name: String, _ fields: ProgramFields) -> MessagePolicy.ChannelRules {
    guard let channel = fields.object(name, known: ["quiet", "perDay"]) else { return MessagePolicy.ChannelRules() }
    var rules = MessagePolicy.ChannelRules()
    rules.perDay = channel.node["perDay"].flatMap { channel.whole($0, 1...perDayMax) }.map { Int($0) }
    if let quiet = channel.object("quiet", known: ["from", "to"]) {
      let from = quiet.required("from").flatMap { timeOfDay($0, quiet) }
      let to = quiet.required("to").flatMap { timeOfDay($0, quiet) }
      if let from, let to { rules.quiet = QuietHours(from: from, to: to) }
    }
    return rules
  }

  private static func template(_ name: String, in templates: ProgramFields) -> MessagePolicy.TemplateRules? {
    var known: Set<String> = digested.contains(name) ? ["class", "digest", "at"] : ["class"]
    if ahead.contains(name) { known.insert("daysAhead") }
    if gatheredAhead.contains(name) { known.insert("gatherDays") }
    guard let fields = templates.object(name, known: known) else { return nil }
    var rules = MessagePolicy.TemplateRules()
    rules.isMarketing = fields.node["class"].flatMap { fields.word($0, TemplateClass.self) } == .marketing
    rules.daysAhead = fields.node["daysAhead"]
      .flatMap { fields.whole($0, 1...Int64(MessagePolicy.daysAheadMax)) }.map { Int($0) }
    rules.gatherDays = fields.node["gatherDays"]
      .flatMap { fields.whole($0, 0...Int64(MessagePolicy.gatherDaysMax)) }.map { Int($0) }
    let at = fields.node["at"].flatMap { timeOfDay($0, fields) }
    if fields.node["digest"].flatMap({ fields.word($0, Gathering.self) }) == .daily {
      rules.digestAt = at ?? digestAt
    } else if let field = fields.node["at"] {
      fields.problems.add(field.path, "says when a digest goes out, and there is none: add \"digest\": \"daily\"")
    }
    return rules
  }

  /// `08:30` as minutes after midnight.
  package static func minutes(_ text: String) -> Int? {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int(String(decoding: parts[0], as: UTF8.self)), hour < 24,
      let minute = Int(String(decoding: parts[1], as: UTF8.self)), minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  private static func timeOfDay(_ field: JSONNode, _ fields: ProgramFields) -> Int? {
    guard let minutes = field.string.flatMap({ Self.minutes($0) }) else {
      fields.problems.add(field.path, "must be a time of day, such as 08:00")
      return nil
    }
    return minutes
  }
}

extension MessagePolicy {
  /// In which order channels are tried where the programme does not say: as they came to be.
  package static let usualOrder: [Consent.Channel] = [.email, .sms, .push]

  /// Every channel once.
  package var order: [Consent.Channel] {
    guard !channels.isEmpty else { return Self.usualOrder }
    let named = channels.compactMap { Consent.Channel(rawValue: $0) }
    return named + Self.usualOrder.filter { !named.contains($0) }
  }
}
