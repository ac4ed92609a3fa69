import Foundation
import Kafka

/// Where Kafka is and how it is reached: the settings that workers and the operator's command share.
package enum ClusterSettings {
  package static let brokers = Setting.text(
    "brokers", default: "127.0.0.1:9092", placeholder: "HOST:PORT,…", help: "Kafka brokers to start from.")
  package static let properties = Setting.confidential(
    "kafka-properties", placeholder: "KEY=VALUE,…",
    help:
      "Further librdkafka properties: TLS, SASL, sockets, fetching; what exactly-once rests on is refused by name. A "
      + "comma begins the next pair where a property's name and = follow; elsewhere it belongs to the value. White space "
      + "around pairs is no part of them, and a line end parts them too."
  ).optional
  package static let propertiesFile = Setting.path(
    "kafka-properties-file",
    help: "The same as lines KEY=VALUE of a file, for passwords; # begins a comment line. --kafka-properties wins."
  ).optional
  package static let tokenFile = Setting.path(
    "kafka-oauth-token-file",
    help: "For sasl.mechanisms=OAUTHBEARER: a file with a JWT, read again before each one expires."
  ).optional
  package static let tokenCommand = Setting.confidential(
    "kafka-oauth-token-command", placeholder: "COMMAND",
    help: "The same from a command that writes a JWT, run by /bin/sh; it has 10 s."
  ).optional

  package static let all: [any AnySetting] = [brokers, properties, propertiesFile, tokenFile, tokenCommand]

  /// Throws everything that is wrong with them and shows without a broker, values left out.
  package static func cluster(_ settings: Settings) throws(ConfigurationError) -> KafkaCluster {
    let (pairs, problems) = pairs(settings)
    let (accepted, refusals) = KafkaProperties.checked(pairs)
    let place = settings[properties] == nil && settings[propertiesFile] != nil ? propertiesFile.declaration.flag : nil
    let all =
      problems
      + refusals.map { refusal in
        let told = "\(refusal.name) \(refusal.reason)\(refusal.isUnknown ? hint(for: refusal.name) : "")"
        return place.map { .init(place: $0, remedy: told) } ?? settings.problem(properties, told)
      }
    guard all.isEmpty else { throw ConfigurationError(all) }
    let cluster = KafkaCluster(brokers: settings[brokers], properties: accepted, token: try token(settings))
    guard !pairs.isEmpty || settings[tokenFile] != nil || settings[tokenCommand] != nil else { return cluster }
    do throws(KafkaError) {
      try cluster.checkSettings()
    } catch {
      throw ConfigurationError([.init(place: place ?? properties.declaration.flag, remedy: error.message)])
    }
    return cluster
  }

  /// The file's first, so that those of the command line replace them.
  private static func pairs(
    _ settings: Settings
  ) -> ([(name: String, value: String)], [ConfigurationError.Problem]) {
    var pairs: [(name: String, value: String)] = []
    var problems: [ConfigurationError.Problem] = []
    if let path = settings[propertiesFile] {
      if let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) {
        let (found, refused) = KafkaPropertyText.lines(text)
        pairs += found
        problems += refused.map { settings.problem(propertiesFile, $0) }
      } else {
        problems.append(
          settings.problem(propertiesFile, "names '\(TerminalText.name(path))', which cannot be read as UTF-8 text"))
      }
    }
    if let text = settings[properties]?.reveal() {
      let (found, refused) = KafkaPropertyText.pairs(text)
      pairs += found
      problems += refused.map { settings.problem(properties, $0) }
    }
    return (pairs, problems)
  }

  private static func token(_ settings: Settings) throws(ConfigurationError) -> KafkaTokenSource? {
    switch (settings[tokenFile], settings[tokenCommand]) {
    case (nil, nil): return nil
    case (let path?, nil): return .file(path)
    case (nil, let command?): return .command(command.reveal())
    default:
      throw ConfigurationError([
        settings.problem(tokenFile, "is given, and so is \(tokenCommand.declaration.flag); keep one")
      ])
    }
  }

  private static func hint(for name: String) -> String {
    NearestName.to(name, among: KafkaProperty.allowedNames).map { "; did you mean \($0)?" } ?? ""
  }
}
