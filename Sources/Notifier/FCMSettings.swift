import Curl
import Foundation
import ServiceKit

/// What an operator tells of Firebase Cloud Messaging, which reaches the programme's app.
enum FCMSettings {
  private static let serviceAccount = Setting.path(
    "fcm-service-account",
    help:
      "The service account's key as Google gave it, JSON: messages go to members' apps by its Firebase project "
      + "(docs/push.md). Read anew for each access token."
  ).optional
  private static let url = Setting.text(
    "fcm-url", default: "https://fcm.googleapis.com", placeholder: "URL", help: "Where Firebase is reached.")

  static let all: [any AnySetting] = [serviceAccount, url]

  static func isNamed(_ settings: Settings) -> Bool { settings[serviceAccount] != nil }

  static func gateway(
    _ settings: Settings, _ options: TransferOptions, loginWithoutTLS: Bool,
    _ problems: inout [ConfigurationError.Problem]
  ) -> PushGateway? {
    guard let file = settings[serviceAccount] else { return nil }
    let address = settings[url]
    if let fault = URLFault.of(address, ["http://", "https://"], logIn: "--fcm-service-account") {
      problems.append(settings.problem(url, fault))
    } else if address.hasPrefix("http://"), !loginWithoutTLS {
      problems.append(
        settings.problem(
          url, "lets the access token go without TLS; give an https:// one, or say --login-without-tls"))
    }
    let account: ServiceAccount
    do throws(ServiceAccount.Fault) {
      account = try ServiceAccount(file: file)
    } catch {
      problems.append(settings.problem(serviceAccount, "names '\(TerminalText.name(file))', which \(error.text)"))
      return nil
    }
    if URLFault.of(account.tokenURL, ["https://"] + (loginWithoutTLS ? ["http://"] : []), logIn: "no URL") != nil {
      problems.append(settings.problem(serviceAccount, "names a file whose token_uri is no https:// URL"))
    }
    return PushGateway(
      url: address.hasSuffix("/") ? String(address.dropLast()) : address, projectId: account.projectId,
      access: FCMAccess(file: file, options, nowMs: LogOutput.wallClockMs))
  }
}
