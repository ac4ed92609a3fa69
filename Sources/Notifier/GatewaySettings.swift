import Foundation
import Providers
import ServiceKit

/// What an operator tells of the SMS provider.
enum GatewaySettings {
  private enum GatewayKind: String, CaseIterable { case json, kannel }

  static let url = Setting.secret(
    "sms-url", placeholder: "URL",
    help: "The SMS gateway's HTTP address; left out: the provider's own, where its document has one."
  ).optional
  private static let provider = Setting.text(
    "sms-provider", placeholder: "NAME|FILE",
    help:
      "How the gateway is spoken to: \(ShippedProviders.smsNames.joined(separator: ", ")), or a document of your own "
      + "(loyalty providers show, docs/providers.md); json where --sms-url alone is given."
  ).optional
  private static let kind = Setting<GatewayKind>.choice(
    "sms-gateway", help: "The same as --sms-provider, which takes its place: this one goes with the next release."
  ).optional
  private static let authorization = Setting.secret(
    "sms-authorization", help: "The Authorization header for a json gateway, such as \"Bearer …\"."
  ).optional
  private static let user = Setting.text(
    "sms-user", help: "The log-in at the provider: user, API key or account SID."
  ).optional
  private static let password = Setting.secret("sms-password", help: "Its password, secret or token.").optional
  private static let account = Setting.text(
    "sms-account", help: "What the provider's URL names the account by, where that is not the user."
  ).optional
  static let from = Setting.text("sms-from", help: "Sender shown on the phone.").optional
  private static let callback = Setting.secret(
    "sms-callback-url", placeholder: "URL",
    help: "Where the provider tells what became of each SMS; hard to guess, for it is all that vouches for the caller."
  ).optional

  static let all: [any AnySetting] = [
    url, provider, kind, authorization, user, password, account, from, callback,
  ]

  /// Whether a gateway was named.
  static func isNamed(_ settings: Settings) -> Bool {
    settings[url] != nil || settings[provider] != nil
  }

  /// What says something of a gateway without naming one.
  static func besides(_ settings: Settings) -> [(String, Bool)] {
    [
      ("--sms-authorization", settings[authorization] != nil), ("--sms-user", settings[user] != nil),
      ("--sms-password", settings[password] != nil), ("--sms-from", settings[from] != nil),
      ("--sms-account", settings[account] != nil), ("--sms-callback-url", settings[callback] != nil),
    ]
  }

  static func gateway(
    _ settings: Settings, loginWithoutTLS: Bool, _ problems: inout [ConfigurationError.Problem]
  ) -> SMSGateway? {
    guard isNamed(settings) else { return nil }
    let address = checked(url, settings, ["http://", "https://"], &problems)
    let callbackURL = checked(callback, settings, ["http://", "https://"], &problems)
    guard let document = document(settings, &problems) else { return nil }
    guard let address = address ?? document.defaultURL else {
      if settings[url] == nil {
        problems.append(settings.problem(url, "is missing: the provider \(document.name) has no address of its own"))
      }
      return nil
    }
    let account = ProviderAccount(
      url: address.hasSuffix("/") && document.defaultURL != nil ? String(address.dropLast()) : address,
      from: settings[from], user: settings[user], password: settings[password]?.reveal(),
      authorization: settings[authorization]?.reveal(), account: settings[account], callbackURL: callbackURL)
    check(account, document, settings, loginWithoutTLS: loginWithoutTLS, &problems)
    return SMSGateway(document, as: account)
  }

  private static func check(
    _ account: ProviderAccount, _ document: ProviderDocument, _ settings: Settings, loginWithoutTLS: Bool,
    _ problems: inout [ConfigurationError.Problem]
  ) {
    for field in document.requiredFields where !account.has(field) {
      let remedy = "is missing: the provider \(document.name) takes no message without"
      switch field {
      case .user: problems.append(settings.problem(user, remedy))
      case .authorization: problems.append(settings.problem(authorization, remedy))
      default: problems.append(settings.problem(password, remedy))
      }
    }
    let secrets = [(password, account.password), (authorization, account.authorization)]
    for (setting, secret) in secrets {
      if secret?.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) == true {
        problems.append(settings.problem(setting, "must not hold line ends and other control characters"))
      }
    }
    if secrets.contains(where: { $0.1 != nil }), account.url.hasPrefix("http://"), !loginWithoutTLS {
      problems.append(
        settings.problem(
          url, "lets the log-in go without TLS; give an https:// one, or say --login-without-tls where it is meant"))
    }
  }

  // MARK: The document

  private static func document(
    _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> ProviderDocument? {
    if settings[provider] != nil, settings[kind] != nil {
      problems.append(settings.problem(kind, "is said beside --sms-provider; leave it out"))
    }
    let name = settings[provider] ?? settings[kind]?.rawValue ?? "json"
    guard let document = document(name, provider, settings, &problems) else { return nil }
    guard !document.takesTemplates else {
      problems.append(settings.problem(provider, "takes templates and no text: it is one for --zns-provider"))
      return nil
    }
    return document
  }

  /// A shipped document by its name, or one in a file.
  static func document<Value>(
    _ name: String, _ setting: Setting<Value>, _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> ProviderDocument? {
    do throws(ProviderRefused) {
      if let shipped = try ShippedProviders.document(name) { return shipped }
      guard name.contains("/") || name.hasSuffix(".json") else {
        let names = ShippedProviders.names
        let hint = NearestName.to(name, among: names).map { "; did you mean \($0)?" } ?? ""
        problems.append(
          settings.problem(setting, "is none of \(names.joined(separator: ", ")), and no file FILE.json\(hint)"))
        return nil
      }
      guard let bytes = FileManager.default.contents(atPath: name) else {
        problems.append(settings.problem(setting, "names '\(TerminalText.name(name))', which cannot be read"))
        return nil
      }
      return try ProviderDocument(parsing: Array(bytes))
    } catch {
      problems += error.problems.map { settings.problem(setting, "\($0.path) \($0.text)") }
      return nil
    }
  }

  /// A URL that begins with one of `schemes`, and names neither user nor password: what it holds could be a secret, so
  /// no problem repeats it.
  private static func checked(
    _ setting: Setting<Secret?>, _ settings: Settings, _ schemes: [String],
    _ problems: inout [ConfigurationError.Problem]
  ) -> String? {
    guard let url = settings[setting]?.reveal() else { return nil }
    if let fault = URLFault.of(url, schemes, logIn: "--sms-authorization, or --sms-user and --sms-password") {
      problems.append(settings.problem(setting, fault))
    }
    return url
  }
}

/// What is wrong with a URL, in words that repeat nothing of it.
enum URLFault {
  static func of(_ url: String, _ schemes: [String], logIn: String) -> String? {
    if !schemes.contains(where: { url.hasPrefix($0) }) {
      return "needs a URL that starts with \(schemes.joined(separator: " or "))"
    }
    if url.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) {
      return "needs a URL without spaces, line ends and other control characters"
    }
    if url.split(separator: "/", maxSplits: 2).dropFirst().first?.contains("@") == true {
      return "names a log-in; give it in \(logIn)"
    }
    return nil
  }
}
