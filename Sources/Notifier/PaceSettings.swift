import Contracts
import Loyalty
import ServiceKit

/// How fast an operator lets messages go, when service messages rest, and how members leave marketing.
enum PaceSettings {
  private static let emailRate = Setting.text(
    "email-rate", placeholder: "RATE", help: "E-mails of this instance at most: 14/s, 100/m or 5000/h."
  ).optional
  private static let smsRate = Setting.text(
    "sms-rate", placeholder: "RATE", help: "SMS of this instance at most, in the same way."
  ).optional
  private static let pushRate = Setting.text(
    "push-rate", placeholder: "RATE", help: "Messages of this instance to devices at most, in the same way."
  ).optional
  private static let domainRates = Setting.text(
    "email-domain-rates", placeholder: "DOMAIN=RATE,…",
    help: "E-mails of this instance to a recipient's domain at most: gmail.com=20/m,yahoo.com=10/m."
  ).optional
  private static let serviceSMSQuiet = Setting.text(
    "service-sms-quiet", default: "21:00-08:00", placeholder: "FROM-TO",
    help:
      "When service messages by SMS wait, by the member's clocks, where the programme's document says nothing; none: "
      + "never.")
  private static let smsOptOut = Setting.text(
    "sms-opt-out", placeholder: "TEXT",
    help: "How members leave marketing by SMS, such as \"TC gửi 8066\"; without it none goes by SMS."
  ).optional

  static let all: [any AnySetting] = [emailRate, smsRate, pushRate, domainRates, serviceSMSQuiet, smsOptOut]

  static let domainsMax = 1_000

  static func pace(
    of carrier: Carrier, _ settings: Settings, holds: DomainHolds,
    _ problems: inout [ConfigurationError.Problem]
  ) -> ChannelPace {
    switch carrier {
    case .email:
      ChannelPace(
        rate: rate(emailRate, settings, &problems), domainRates: domainRates(settings, &problems), holds: holds)
    case .sms: ChannelPace(rate: rate(smsRate, settings, &problems), holds: holds)
    case .zns: ChannelPace(holds: holds)
    case .push: ChannelPace(rate: rate(pushRate, settings, &problems), holds: holds)
    }
  }

  static func quiet(_ settings: Settings, _ problems: inout [ConfigurationError.Problem]) -> QuietHours {
    let text = settings[serviceSMSQuiet]
    guard text != "none" else { return .none }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      MessagePolicyDocument.minutes(String($0))
    }
    guard ends.count == 2, let from = ends[0], let to = ends[1] else {
      problems.append(settings.problem(serviceSMSQuiet, "needs two times of day such as 21:00-08:00, or none"))
      return .none
    }
    return QuietHours(from: from, to: to)
  }

  static func marketing(_ settings: Settings) -> MarketingFrame { MarketingFrame(smsOptOut: settings[smsOptOut]) }

  private static func rate(
    _ setting: Setting<String?>, _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> Rate? {
    guard let text = settings[setting] else { return nil }
    let rate = Rate(text)
    if rate == nil { problems.append(settings.problem(setting, "needs a rate such as 14/s, 100/m or 5000/h")) }
    return rate
  }

  private static func domainRates(
    _ settings: Settings, _ problems: inout [ConfigurationError.Problem]
  ) -> [String: Rate] {
    guard let text = settings[domainRates] else { return [:] }
    var rates: [String: Rate] = [:]
    for part in text.split(separator: ",") {
      let halves = part.split(separator: "=", omittingEmptySubsequences: false)
      guard halves.count == 2, let rate = Rate(String(halves[1])),
        let domain = DomainName.inASCII(String(halves[0])), domain.contains(".")
      else {
        problems.append(settings.problem(domainRates, "needs pairs such as gmail.com=20/m, with commas between them"))
        return [:]
      }
      rates[domain.lowercased()] = rate
    }
    if rates.count > domainsMax {
      problems.append(settings.problem(domainRates, "names more than \(domainsMax) domains"))
    }
    return rates
  }
}
