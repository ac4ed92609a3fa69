import Foundation
import Messages
import Providers
import ServiceKit

/// What an operator tells of Zalo ZNS, which goes before SMS.
enum ZNSSettings {
  private static let templates = Setting.path(
    "zns-templates",
    help:
      "Which messages go by which template of Zalo ZNS, a document (docs/providers.md); these go there before they go "
      + "by SMS."
  ).optional
  private static let tokenFile = Setting.path(
    "zns-token-file",
    help: "Where the access token of the Official Account lies; read anew for each message, so it may be renewed there."
  ).optional
  private static let provider = Setting.text(
    "zns-provider", default: "zalo-zns", placeholder: "NAME|FILE",
    help: "How it is spoken to: \(ShippedProviders.templateNames.joined(separator: ", ")), or a document of your own.")
  private static let url = Setting.secret(
    "zns-url", placeholder: "URL", help: "Its HTTP address; left out: the provider's own."
  ).optional

  static let all: [any AnySetting] = [templates, tokenFile, provider, url]

  /// - Parameter hasGateway: there is a gateway for the SMS that takes what Zalo does not.
  static func gateway(
    _ settings: Settings, hasGateway: Bool, loginWithoutTLS: Bool, _ problems: inout [ConfigurationError.Problem]
  ) -> ZNSGateway? {
    guard let file = settings[templates] else {
      for (setting, isSaid) in [(tokenFile, settings[tokenFile] != nil)] where isSaid {
        problems.append(settings.problem(setting, "is said without --zns-templates, and so nothing would go there"))
      }
      return nil
    }
    if !hasGateway {
      problems.append(
        settings.problem(templates, "needs --sms-provider or --sms-url beside it: what Zalo refuses goes by SMS"))
    }
    guard let token = settings[tokenFile] else {
      problems.append(settings.problem(tokenFile, "is missing beside --zns-templates"))
      return nil
    }
    guard let document = document(settings, &problems), let known = known(file, settings, &problems) else { return nil }
    guard let address = settings[url]?.reveal() ?? document.defaultURL else {
      problems.append(settings.problem(url, "is missing: the provider \(document.name) has no address of its own"))
      return nil
    }
    if let fault = URLFault.of(address, ["http://", "https://"], logIn: "--zns-token-file") {
      problems.append(settings.problem(url, fault))
    } else if address.hasPrefix("http://"), !loginWithoutTLS {
      problems.append(
        settings.problem(url, "lets the token go without TLS; give an https:// one, or say --login-without-tls"))
    }
    return ZNSGateway(
      document, url: address.hasSuffix("/") ? String(address.dropLast()) : address, tokenFile: token, templates: known)
  }

  private static func known(
    _ file: String, _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> ProviderTemplates? {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      problems.append(settings.problem(templates, "names '\(TerminalText.name(file))', which cannot be read"))
      return nil
    }
    do throws(TemplateRefused) {
      return try ProviderTemplates(parsing: Array(bytes))
    } catch {
      problems += error.sentences.map { settings.problem(templates, $0) }
      return nil
    }
  }

  private static func document(
    _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> ProviderDocument? {
    guard let document = GatewaySettings.document(settings[provider], provider, settings, &problems) else { return nil }
    guard document.takesTemplates else {
      problems.append(settings.problem(provider, "takes a text and no template: it is one for --sms-provider"))
      return nil
    }
    return document
  }
}
