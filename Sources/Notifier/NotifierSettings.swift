import Contracts
import Curl
import Foundation
import Loyalty
import Messages
import ServiceKit

/// What an operator tells the notifier beyond what every worker is told.
package struct NotifierSettings: Sendable {
  /// The channels that have a server, and how to reach it.
  package let channels: Channels.Configuration
  /// The sender of e-mails; nil without an SMTP server.
  package let mailFrom: Mailbox?
  /// Where members choose which messages they get.
  package let links: PreferenceLinks
  package let smsLetters: SMSLetters
  package let smsSegmentsMax: Int
  package let policy: DeliveryPolicy
  /// How long a channel that is held is left alone: the waits of a message between its attempts.
  package let pauses: ChannelBreaker
  private let paces: [Carrier: ChannelPace]
  /// When service messages by SMS wait, where the programme says nothing.
  private let serviceSMSQuiet: QuietHours
  package let marketing: MarketingFrame
  /// News that is older is not told.
  package let announceWithinMs: Int64
  /// How long a message that has its outcome is remembered, so that its cause makes no second one.
  package let memoryMs: Int64
  /// How long a message waits for the profile of its member.
  package let profileWaitMs: Int64
  /// How long an attempt is left to the worker that has it in hand.
  package let attemptLeaseMs: Int64
  package let senderThreads: Int
  package let sendSlotsMax: Int
  /// nil: no reports are taken, and the suppression list is not kept.
  package let feedback: FeedbackSettings?
  package let feedbackFigures = FeedbackFigures()
  /// Breaks off what is being sent when the worker stops.
  package let cancellation: TransferCancellation

  private static let smtpURL = Setting.secret(
    "smtp-url", placeholder: "URL",
    help: "The mail server, smtp://host:587 or smtps://host:465."
  ).optional
  private static let startTLS = Setting<SMTPClient.StartTLS>.choice(
    "smtp-starttls",
    help: "Whether smtp:// turns to TLS; required when a user is named, else opportunistic."
  ).optional
  private static let smtpUser = Setting.text("smtp-user", help: "The log-in at the mail server.").optional
  private static let smtpPassword = Setting.secret("smtp-password", help: "Its password.").optional
  private static let smtpCAFile = Setting.path(
    "smtp-ca-file", help: "Certificates to trust instead of the system's, PEM."
  ).optional
  private static let mailFrom = Setting.text(
    "mail-from", placeholder: "MAILBOX", help: "Sender of e-mails: points@example.com or \"Name <points@example.com>\"."
  ).optional
  private static let loginWithoutTLS = Setting.toggle(
    "login-without-tls",
    help:
      "Passwords and the Authorization header may go to the mail server and the SMS gateway without TLS, to be read "
      + "on the way.")
  private static let smsLetters = Setting.choice(
    "sms-letters", default: SMSLetters.plain,
    help: "plain: letters that GSM lacks lose their marks, 160 a segment; marked: as written, with such letters 70.")
  private static let smsSegmentsMax = Setting.integer(
    "sms-segments-max", default: 3, in: 1...10, unit: "segments",
    help: "An SMS that would take more is not sent.")
  private static let withoutChannels = Setting.toggle(
    "without-channels",
    help: "Start without a mail server and without a gateway: every message is suppressed, for good.")
  private static let sendTimeoutMs = Setting.milliseconds(
    "send-timeout-ms", default: 30_000, in: 100...600_000,
    help:
      "How long one message may take at the gateway; and how long one is left to a worker that may have ended over it.")
  private static let smtpReplyTimeoutMs = Setting.milliseconds(
    "smtp-reply-timeout-ms", default: 300_000, in: 100...600_000,
    help: "How long the mail server may take over a step; RFC 5321 asks for 5 minutes. DATA has 2, a block of it 3.")
  private static let smtpFinalTimeoutMs = Setting.milliseconds(
    "smtp-final-timeout-ms", default: 600_000, in: 100...3_600_000,
    help: "How long it may take over the whole message; RFC 5321 asks for 10 minutes. Then nobody knows.")
  private static let senderThreads = Setting.integer(
    "sender-threads", default: 8, in: 1...64, help: "Messages sent at the same time, a channel.")
  private static let sendSlots = Setting.integer(
    "send-slots-max", default: 8, in: 1...10_000, unit: "messages a channel",
    help:
      "Messages in hand at once, from being marked to the commit of their outcome: a kill leaves so many in doubt, and "
      + "no more. More than the senders are speeds a fast server.")
  private static let attemptsMax = Setting.integer(
    "send-attempts-max", default: 1_000, in: 1...1_000,
    help:
      "Attempts before a message is given up, if its time is not over before: 1 hour of a security message, 4 days of a "
      + "service one. A held channel costs none.")
  private static let retryDelayMs = Setting.milliseconds(
    "send-retry-delay-ms", default: 30_000, in: 10...Int(Instant.dayMs),
    help: "Wait before the second attempt; doubles with each.")
  private static let retryDelayMaxMs = Setting.milliseconds(
    "send-retry-delay-max-ms", default: Int(Instant.hourMs), in: 10...Int(Instant.dayMs),
    help: "The longest wait between attempts.")
  private static let preferDouble = Setting.toggle(
    "prefer-double",
    help:
      "Send service messages again after a lost answer where the channel does not de-duplicate: a rare double, not a "
      + "rare loss. (Security messages always are, marketing never.)")

  private static let announceWithin = Setting.days(
    "announce-within-days", default: 7, in: 0...3_650,
    help: "Nobody is told of what happened longer ago, so that a backfill does not mail a year of history.")
  private static let memory = Setting.days(
    "message-memory-days", default: 30, in: 1...3_650,
    help: "How long a message is remembered, so that an event that comes again makes no second one.")

  private static let profileWait = Setting.milliseconds(
    "profile-wait-ms", default: 5_000, in: 0...Int(Instant.hourMs),
    help: "How long a message waits for its member's profile before it is suppressed.")

  private static let ofMail: [any AnySetting] = [
    smtpURL, startTLS, smtpUser, smtpPassword, smtpCAFile, mailFrom,
  ]
  private static let ofSending: [any AnySetting] = [
    smsLetters, smsSegmentsMax, loginWithoutTLS, withoutChannels, sendTimeoutMs, smtpReplyTimeoutMs,
    smtpFinalTimeoutMs, senderThreads, sendSlots, attemptsMax, retryDelayMs, retryDelayMaxMs, preferDouble,
    announceWithin, memory, profileWait,
  ]
  package static let all: [any AnySetting] =
    ofMail + GatewaySettings.all + ZNSSettings.all + FCMSettings.all + ofSending + PreferenceLinks.all
    + FeedbackSettings.declared
    + PaceSettings.all

  /// Throws a `ConfigurationError` that names every setting that does not fit the others.
  package init(_ settings: Settings) throws(ConfigurationError) {
    let cancellation = TransferCancellation()
    var problems: [ConfigurationError.Problem] = []
    let smtp = Self.smtp(settings, cancellation, &problems)
    mailFrom = Self.sender(settings, &problems)
    links = PreferenceLinks(settings, &problems)
    let gateway = GatewaySettings.gateway(
      settings, loginWithoutTLS: settings[Self.loginWithoutTLS], &problems)
    let zns = ZNSSettings.gateway(
      settings, hasGateway: gateway != nil, loginWithoutTLS: settings[Self.loginWithoutTLS], &problems)
    let gatewayOptions = TransferOptions(timeoutMs: settings[Self.sendTimeoutMs], cancellation: cancellation)
    let push = FCMSettings.gateway(
      settings, gatewayOptions, loginWithoutTLS: settings[Self.loginWithoutTLS], &problems)
    feedback = FeedbackSettings(settings, &problems)
    Self.askForChannels(settings, &problems)
    if settings[Self.retryDelayMaxMs] < settings[Self.retryDelayMs] {
      problems.append(settings.problem(Self.retryDelayMaxMs, "must not be less than --send-retry-delay-ms"))
    }
    if settings[Self.memory] < settings[Self.announceWithin] {
      problems.append(settings.problem(Self.memory, "must not be less than --announce-within-days"))
    }
    let holds = DomainHolds(
      firstPauseMs: Int64(settings[Self.retryDelayMs]), pauseMsMax: Int64(settings[Self.retryDelayMaxMs]))
    var paces: [Carrier: ChannelPace] = [:]
    for carrier in Carrier.allCases {
      paces[carrier] = PaceSettings.pace(of: carrier, settings, holds: holds, &problems)
    }
    serviceSMSQuiet = PaceSettings.quiet(settings, &problems)
    marketing = PaceSettings.marketing(settings)
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    self.paces = paces
    smsLetters = settings[Self.smsLetters]
    smsSegmentsMax = settings[Self.smsSegmentsMax]
    announceWithinMs = settings[Self.announceWithin]
    memoryMs = settings[Self.memory]
    profileWaitMs = Int64(settings[Self.profileWait])
    attemptLeaseMs = Int64(settings[Self.sendTimeoutMs])
    self.cancellation = cancellation
    channels = Channels.Configuration(
      smtp: smtp, gateway: gateway, zns: zns, push: push, gatewayOptions: gatewayOptions)
    pauses = ChannelBreaker(
      firstPauseMs: Int64(settings[Self.retryDelayMs]), pauseMsMax: Int64(settings[Self.retryDelayMaxMs]))
    policy = DeliveryPolicy(
      attemptsMax: settings[Self.attemptsMax], firstDelayMs: Int64(settings[Self.retryDelayMs]),
      delayMsMax: Int64(settings[Self.retryDelayMaxMs]), prefersDouble: settings[Self.preferDouble])
    senderThreads = settings[Self.senderThreads]
    sendSlotsMax = settings[Self.sendSlots]
  }

  /// Whether a server is configured for the carrier.
  package func has(_ carrier: Carrier) -> Bool {
    switch carrier {
    case .email: channels.smtp != nil
    case .sms: channels.gateway != nil
    case .zns: channels.zns != nil
    case .push: channels.push != nil
    }
  }

  /// How fast messages may go by the carrier.
  package func pace(of carrier: Carrier) -> ChannelPace? { paces[carrier] }

  /// When and how often messages of a class may go by the channel.
  func rules(_ policy: MessagePolicy?, of delivery: MessageRow.Delivery) -> SendingRules {
    rules(policy ?? MessagePolicy(), delivery.messageClass, by: delivery.channel)
  }

  package func rules(
    _ policy: MessagePolicy, _ messageClass: MessageClass, by channel: Consent.Channel
  ) -> SendingRules {
    SendingRules(policy, messageClass, by: channel, serviceSMSQuiet: serviceSMSQuiet)
  }

  /// Whether the carrier sends one id once, or what comes twice stands there once.
  package func deduplicates(_ carrier: Carrier) -> Bool {
    switch carrier {
    case .email: false
    case .sms: channels.gateway?.document.deduplicates ?? false
    case .zns: channels.zns?.document.deduplicates ?? false
    case .push: true
    }
  }

  /// The name of the document by which messages are given to a provider; nil: there is none.
  func provider(_ carrier: Carrier) -> String? {
    switch carrier {
    case .email: nil
    case .sms: channels.gateway?.document.name
    case .zns: channels.zns?.document.name
    case .push: "fcm"
    }
  }

  /// A notifier that can send nothing drops every message for good: that must be meant.
  private static func askForChannels(_ settings: Settings, _ problems: inout [ConfigurationError.Problem]) {
    let hasMail = settings[smtpURL] != nil
    let hasGateway = GatewaySettings.isNamed(settings)
    let hasApps = FCMSettings.isNamed(settings)
    guard !settings[withoutChannels] else {
      if hasMail || hasGateway || hasApps {
        problems.append(settings.problem(withoutChannels, "is said beside a server; leave one of them out"))
      }
      return
    }
    let ofMail = [
      ("--smtp-user", settings[smtpUser] != nil), ("--smtp-password", settings[smtpPassword] != nil),
      ("--smtp-starttls", settings[startTLS] != nil), ("--smtp-ca-file", settings[smtpCAFile] != nil),
      ("--mail-from", settings[mailFrom] != nil),
    ]
    let ofGateway = GatewaySettings.besides(settings)
    let channels = [(smtpURL, hasMail, ofMail), (GatewaySettings.url, hasGateway, ofGateway)]
    for (url, isThere, others) in channels where !isThere {
      guard let other = others.first(where: \.1)?.0 else { continue }
      problems.append(settings.problem(url, "is missing beside \(other)"))
    }
    if !hasMail, !hasGateway, !hasApps, !(ofMail + ofGateway).contains(where: \.1) {
      problems.append(
        settings.problem(
          smtpURL,
          "is missing, and so are --sms-url and --fcm-service-account: no message would ever go out. Name a server, or say "
            + "--without-channels where that is meant"))
    }
  }

  private static func smtp(
    _ settings: Settings, _ cancellation: TransferCancellation, _ problems: inout [ConfigurationError.Problem]
  ) -> SMTPClient.Configuration? {
    guard let url = settings[smtpURL]?.reveal() else { return nil }
    if let fault = URLFault.of(url, ["smtp://", "smtps://"], logIn: "--smtp-user and --smtp-password") {
      problems.append(settings.problem(smtpURL, fault))
    }
    var login: SMTPClient.Login?
    switch (settings[smtpUser], settings[smtpPassword]) {
    case (nil, nil): break
    case (let user?, let password?): login = .init(user: user, password: password.reveal())
    case (_?, nil): problems.append(settings.problem(smtpPassword, "is missing beside --smtp-user"))
    case (nil, _?): problems.append(settings.problem(smtpUser, "is missing beside --smtp-password"))
    }
    if let file = settings[smtpCAFile], !FileManager.default.isReadableFile(atPath: file) {
      problems.append(settings.problem(smtpCAFile, "names '\(file)', which cannot be read"))
    }
    let turnsToTLS = settings[startTLS] ?? (login == nil ? .opportunistic : .required)
    if login != nil, url.hasPrefix("smtp://"), turnsToTLS != .required, !settings[loginWithoutTLS] {
      problems.append(
        settings.problem(
          startTLS, "lets the password go without TLS; leave it out, or say --login-without-tls where that is meant"))
    }
    return SMTPClient.Configuration(
      url: url, startTLS: turnsToTLS, login: login,
      options: TransferOptions(
        caFile: settings[smtpCAFile], cancellation: cancellation),
      timeouts: SMTPTimeouts(replyMs: settings[smtpReplyTimeoutMs], finalMs: settings[smtpFinalTimeoutMs]))
  }

  private static func sender(_ settings: Settings, _ problems: inout [ConfigurationError.Problem]) -> Mailbox? {
    guard let text = settings[mailFrom] else {
      if settings[smtpURL] != nil { problems.append(settings.problem(mailFrom, "is missing beside --smtp-url")) }
      return nil
    }
    if let mailbox = Mailbox(text)?.inASCIIDomain() {
      if mailbox.needsSMTPUTF8 {
        problems.append(settings.problem(mailFrom, "needs ASCII before the @; few servers take other letters there"))
      }
      return mailbox
    }
    problems.append(
      settings.problem(mailFrom, "needs an address such as points@example.com or \"Name <points@example.com>\""))
    return nil
  }
}
