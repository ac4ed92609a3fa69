import Contracts
import Foundation
import ServiceKit
import Signing

/// Where members choose which messages they get, as the operator says: the page of `notifier-web`, an address that
/// takes mails, or both.
package struct PreferenceLinks: Sendable {
  /// Without a `/` at its end; nil: there is no page.
  private let page: String?
  private let seal: LinkSeal?
  /// Of every e-mail; what stood for all of this before there was a page.
  private let unsubscribeURL: String?
  private let isInSMS: Bool

  private static let pageURL = Setting.text(
    "preferences-url", placeholder: "URL",
    help:
      "Where the world reaches notifier-web, https://messages.example.com: each message then links to its member's page, "
      + "and e-mails can be ended with one click (RFC 8058)."
  ).optional
  private static let secret = Setting.secret(
    "link-secret",
    help:
      "What seals the links of --preferences-url, \(LinkSeal.secretLengthMin) characters or more; the same for notifier-web. "
      + "Several with white space between them: the first seals, all are taken."
  ).optional
  private static let unsubscribe = Setting.text(
    "unsubscribe-url", placeholder: "URL",
    help:
      "mailto: an address whose mails `loyalty preferences mail` reads, or https: a page of your own; in every e-mail."
  ).optional
  private static let smsLink = Setting.toggle(
    "sms-preferences-link", help: "The link of --preferences-url also in each SMS that has room for it.")

  static let all: [any AnySetting] = [pageURL, secret, unsubscribe, smsLink]

  init(_ settings: Settings, _ problems: inout [ConfigurationError.Problem]) {
    unsubscribeURL = settings[Self.unsubscribe]
    isInSMS = settings[Self.smsLink]
    page = settings[Self.pageURL].map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    seal = settings[Self.secret].flatMap { LinkSeal(secrets: $0.reveal()) }
    if settings[Self.secret] != nil, seal == nil {
      problems.append(
        settings.problem(
          Self.secret,
          "needs \(LinkSeal.secretLengthMin) characters or more, such as `openssl rand -hex 32` makes, and at most "
            + "\(LinkSeal.secretsMax) such secrets"))
    }
    if let url = unsubscribeURL, !url.hasPrefix("mailto:"), !url.hasPrefix("https://") {
      problems.append(settings.problem(Self.unsubscribe, "needs a URL that starts with mailto: or https://"))
    }
    guard let page else {
      if isInSMS { problems.append(settings.problem(Self.smsLink, "needs --preferences-url beside it")) }
      return
    }
    if !Self.isPage(page) {
      problems.append(
        settings.problem(
          Self.pageURL,
          "needs a URL that starts with https:// and has neither a query nor spaces (http:// on this machine alone, to "
            + "try)"))
    }
    if settings[Self.secret] == nil {
      problems.append(settings.problem(Self.secret, "is missing beside --preferences-url"))
    }
    if unsubscribeURL?.hasPrefix("https:") == true {
      problems.append(
        settings.problem(Self.unsubscribe, "is replaced by --preferences-url where it is https:; leave one of them out")
      )
    }
  }

  private static func isPage(_ url: String) -> Bool {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !url.contains(where: { "?#<>\"".contains($0) }),
      let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty, parts.user == nil
    else { return false }
    return parts.scheme == "https" || parts.scheme == "http" && ["127.0.0.1", "localhost", "[::1]"].contains(host)
  }

  /// How a message of this kind tells its reader where to choose.
  func invitation(_ memberId: String, _ template: Template, _ channel: Consent.Channel) -> PreferenceInvitation {
    guard template.canBeSwitchedOff else { return .none }
    let link = PreferenceLink(memberId: memberId, channel: channel, topic: template.topic)
    let token = seal?.seal(link.bytes)
    let url = page.flatMap { page in token.map { "\(page)/u/\($0)" } }
    let isHTTPS = url?.hasPrefix("https:") == true
    return PreferenceInvitation(
      pageURL: url, isInSMS: isInSMS, oneClickURL: isHTTPS ? url : nil,
      otherURL: unsubscribeURL.map { Self.addressed($0, token) })
  }

  /// A `mailto:` that says in its subject whose mail it is.
  private static func addressed(_ url: String, _ token: String?) -> String {
    guard let token, url.hasPrefix("mailto:"), !url.lowercased().contains("subject=") else { return url }
    return "\(url)\(url.contains("?") ? "&" : "?")subject=unsubscribe%20\(token)"
  }
}

/// How one message tells its reader where to choose which messages they get.
package struct PreferenceInvitation: Equatable, Sendable {
  /// nil: there is no page.
  var pageURL: String?
  var isInSMS: Bool
  /// Ends messages like this one when it is posted to (RFC 8058).
  var oneClickURL: String?
  /// A page or an address of the operator's own.
  var otherURL: String?

  /// What the words of a message lead to.
  var wayOut: String? { pageURL ?? otherURL }

  static let none = PreferenceInvitation(pageURL: nil, isInSMS: false, oneClickURL: nil, otherURL: nil)
}
