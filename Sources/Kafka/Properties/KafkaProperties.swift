/// What an operator sets of the clients beyond where the brokers are: librdkafka properties that are allowed, known to
/// the library at hand, and have values that it takes. Some values are secrets, so none is ever told.
package struct KafkaProperties: Sendable {
  private let entries: [(name: String, value: String, clients: KafkaProperty.Clients)]

  package static let none = KafkaProperties(entries: [])

  /// What is wrong with one of them.
  package struct Refusal: Error, Equatable, Sendable {
    package let name: String
    /// Words to follow the name.
    package let reason: String
    /// No property at all: the one that was meant may be found among ``KafkaProperty/allowedNames``.
    package let isUnknown: Bool
  }

  private init(entries: [(name: String, value: String, clients: KafkaProperty.Clients)]) {
    self.entries = entries
  }

  /// A later pair of the same name replaces an earlier one. Answers with every refusal at once.
  package static func checked(_ pairs: [(name: String, value: String)]) -> (KafkaProperties, [Refusal]) {
    var entries: [(name: String, value: String, clients: KafkaProperty.Clients)] = []
    var refusals: [Refusal] = []
    for (name, value) in pairs {
      switch KafkaProperty.named(name) {
      case .allowed(let clients):
        if let reason = reason(against: name, value) {
          refusals.append(Refusal(name: name, reason: reason, isUnknown: false))
        }
        entries.removeAll { $0.name == name }
        entries.append((name, value, clients))
      case .refused(let reason):
        refusals.append(Refusal(name: name, reason: "cannot be set: it is \(reason)", isUnknown: false))
      case .unknown:
        refusals.append(Refusal(name: name, reason: "is no property of librdkafka", isUnknown: true))
      }
    }
    return (KafkaProperties(entries: entries), refusals)
  }

  /// Properties that take what not every build of librdkafka has: a feature, and what it is for.
  private static let features: [(name: String, value: String, feature: String)] = [
    ("security.protocol", "ssl", "ssl"), ("security.protocol", "sasl_ssl", "ssl"),
    ("sasl.oauthbearer.method", "oidc", "oidc"), ("sasl.mechanisms", "GSSAPI", "sasl_gssapi"),
    ("sasl.mechanisms", "SCRAM-SHA-256", "sasl_scram"), ("sasl.mechanisms", "SCRAM-SHA-512", "sasl_scram"),
    ("sasl.mechanisms", "OAUTHBEARER", "sasl_oauthbearer"), ("compression.codec", "zstd", "zstd"),
  ]
  private static let aliases = ["sasl.mechanism": "sasl.mechanisms", "compression.type": "compression.codec"]

  private static func reason(against name: String, _ value: String) -> String? {
    let known = aliases[name] ?? name
    let wanted = features.first { $0.name == known && $0.value.lowercased() == value.lowercased() }
    if let wanted, !KafkaLibrary.features.contains(wanted.feature) {
      return "needs a librdkafka that was built with '\(wanted.feature)'; this one, \(KafkaLibrary.version), was not"
    }
    guard KafkaLibrary.knows(name) else {
      return "needs a newer librdkafka than \(KafkaLibrary.version), which does not know it"
    }
    return KafkaLibrary.takes(value, for: name) ? nil : "has a value that librdkafka does not take"
  }

  subscript(name: String) -> String? { entries.last { $0.name == name }?.value }

  /// Those meant for a kind of client.
  func forEach(of clients: KafkaProperty.Clients, _ body: (_ name: String, _ value: String) -> Void) {
    for entry in entries where entry.clients == .all || entry.clients == clients { body(entry.name, entry.value) }
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// In capitals; nil where clients do not authenticate by SASL.
  var saslMechanism: String? {
    guard self["security.protocol"]?.lowercased().hasPrefix("sasl") == true else { return nil }
    return (self["sasl.mechanisms"] ?? self["sasl.mechanism"])?.uppercased()
  }
  /// librdkafka gets its OAUTHBEARER tokens by itself.
  var getsTokensItself: Bool {
    self["sasl.oauthbearer.method"]?.lowercased() == "oidc"
      || self["enable.sasl.oauthbearer.unsecure.jwt"]?.lowercased() == "true"
  }
}
