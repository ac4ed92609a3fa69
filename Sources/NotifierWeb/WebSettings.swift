import Contracts
import HTTP
import MessageFeedback
import ServiceKit
import Signing

/// What an operator tells the notifier's HTTP server.
package struct WebSettings: Sendable {
  package let seal: LinkSeal
  package let brand: String?
  package let address: SocketAddress
  package let probes: SocketAddress
  package let tls: (certificateFile: String, keyFile: String)?
  package let server: ServerSettings
  package let viewMembersMax: Int
  /// nil: no gateway hands in SMS.
  package let smsSecret: String?
  package let lookupSecret: String
  /// nil: no provider reports here.
  package let feedback: FeedbackHook.Secrets?

  private static let linkSecret = Setting.secret(
    "link-secret",
    help:
      "What seals the links in messages, \(LinkSeal.secretLengthMin) characters or more; the notifier's. Several with white "
      + "space between them are all taken.")
  private static let pageName = Setting.text(
    "page-name", help: "Who writes to the members: at the head of the page, and before what an SMS answers."
  ).optional
  private static let webHost = Setting.text(
    "web-host", default: "127.0.0.1", placeholder: "HOST", help: "Address that the world's requests come to.")
  private static let webPort = Setting.integer(
    "web-port", default: 8090, in: 0...65_535, help: "Its port; 0 takes a free one and logs it.")
  private static let certificateFile = Setting.path(
    "tls-certificate-file", help: "PEM; without it whatever stands before this server must speak TLS."
  ).optional
  private static let keyFile = Setting.path("tls-key-file", help: "The certificate's key, PEM without a password.")
    .optional
  private static let connectionsMax = Setting.integer(
    "connections-max", default: 1_024, in: 1...20_000, help: "Connections at once.")
  private static let connectionsPerAddressMax = Setting.integer(
    "connections-per-address-max", default: 64, in: 1...20_000,
    help: "The same for one address: behind a reverse proxy, which is one, as many as --connections-max.")
  private static let viewMembers = Setting.integer(
    "view-members-max", default: 2_000_000, in: 1_000...100_000_000, unit: "members",
    help: "Of so many who have said something the page can show what; 100 MB or so.")
  private static let smsSecretSetting = Setting.secret(
    "sms-secret",
    help: "What an SMS gateway must tell to hand in SMS at /sms/inbound; without it there is no such path."
  ).optional
  private static let lookupSecretSetting = Setting.secret(
    "lookup-secret", help: "That of transaction-ingest, which finds the members whose phone an SMS came from."
  ).optional
  private static let httpHost = Setting.text(
    "http-host", default: "127.0.0.1", placeholder: "HOST", help: "Address of probes and metrics.")
  private static let httpPort = Setting.integer(
    "http-port", default: 0, in: 0...65_535,
    help: "Port of /livez, /readyz and /metrics; 0 takes a free one and logs it.")

  package static let all: [any AnySetting] =
    [
      linkSecret, pageName, webHost, webPort, certificateFile, keyFile, connectionsMax, connectionsPerAddressMax,
      viewMembers, smsSecretSetting, lookupSecretSetting, httpHost, httpPort,
    ] + FeedbackHookSettings.all

  /// Throws a `ConfigurationError` that names every setting that does not fit.
  package init(_ settings: Settings) throws(ConfigurationError) {
    var problems: [ConfigurationError.Problem] = []
    let seal = LinkSeal(secrets: settings[Self.linkSecret].reveal())
    if seal == nil {
      problems.append(
        settings.problem(
          Self.linkSecret,
          "needs \(LinkSeal.secretLengthMin) characters or more, such as `openssl rand -hex 32` makes, and at most "
            + "\(LinkSeal.secretsMax) such secrets"))
    }
    feedback = FeedbackHookSettings.secrets(settings, &problems)
    switch (settings[Self.certificateFile], settings[Self.keyFile]) {
    case (nil, nil): tls = nil
    case (let certificate?, let key?): tls = (certificate, key)
    case (_?, nil):
      problems.append(settings.problem(Self.keyFile, "is missing beside --tls-certificate-file"))
      tls = nil
    case (nil, _?):
      problems.append(settings.problem(Self.certificateFile, "is missing beside --tls-key-file"))
      tls = nil
    }
    guard problems.isEmpty, let seal else { throw ConfigurationError(problems) }
    self.seal = seal
    brand = settings[Self.pageName]
    address = SocketAddress(host: settings[Self.webHost], port: UInt16(settings[Self.webPort]))
    probes = SocketAddress(host: settings[Self.httpHost], port: UInt16(settings[Self.httpPort]))
    viewMembersMax = settings[Self.viewMembers]
    smsSecret = settings[Self.smsSecretSetting]?.reveal()
    lookupSecret = settings[Self.lookupSecretSetting]?.reveal() ?? ""
    var server = ServerSettings()
    server.threadName = "web"
    server.connectionsMax = settings[Self.connectionsMax]
    server.connectionsPerAddressMax = settings[Self.connectionsPerAddressMax]
    server.bodyBytesMax = Self.bodyBytesMax
    server.bodiesBytesMax = Self.bodiesBytesMax
    // They wait for the brokers, and compute little.
    server.handlerThreads = Self.handlerThreads
    server.requestsWaitingMax = Self.requestsWaitingMax
    self.server = server
  }

  private static let bodyBytesMax = 64 * 1024
  private static let bodiesBytesMax = 16 << 20
  private static let handlerThreads = 16
  private static let requestsWaitingMax = 256
}
