import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import Rewards
import ServiceKit

/// Asks something of vouchers as a till does, and tells what the reward engine answered.
struct TillRun {
  static let codes = Setting.text(
    "codes", placeholder: "CODE,…",
    help: "Codes as they were typed, in the order in which they work, with commas between; - reads them from standard "
      + "input, a line each.")
  static let id = Setting.text(
    "id", placeholder: "ID", help: "The command's own id; left out: a new one. Sent again with it nothing moves twice."
  ).optional.flagOnly
  static let source = Setting.text(
    "source", default: "loyalty", help: "Who asks: wrong codes are counted by it."
  ).flagOnly
  static let member = Setting.text("member", help: "The member at the till; vouchers of members want to know.").optional
    .flagOnly
  static let store = Setting.text("store", help: "Where the till is.").optional.flagOnly
  static let at = Setting.text(
    "at", placeholder: "INSTANT", help: "When it happened, RFC 3339; now if left out."
  ).optional.flagOnly
  static let hold = Setting.text(
    "hold", placeholder: "ID", help: "The id of the hold, and of the use that comes of it."
  ).flagOnly
  static let settings: [any AnySetting] = [
    source, member, store, id, at, MemberCommandSettings.wait, MemberCommandSettings.timeoutMs, VoucherSecret.setting,
  ]

  let context: CommandContext
  let command: TillCommand
  /// Of the basket that was told, for amounts in refusals.
  let currency: Currency?

  init(_ context: CommandContext, currency: Currency? = nil, _ kind: TillCommand.Kind) throws {
    let settings = context.settings
    try Self.check(settings, [Self.source])
    try Self.check(settings, [Self.member, Self.store, Self.id])
    let key = try VoucherSecret.key(context)
    let patterns = try TypedCodes.patterns(context.cluster)
    let digests = try Self.typed(settings[Self.codes]).map { typed in
      CodeDigest(of: TypedCodes.meant(typed, among: patterns), digest: key.digest)
    }
    self.context = context
    self.currency = currency
    command = TillCommand(
      id: settings[Self.id] ?? UUID().uuidString.lowercased(), source: settings[Self.source], codes: digests,
      member: settings[Self.member], store: settings[Self.store], kind: kind,
      occurredAt: try settings.instant(Self.at) ?? Instant(milliseconds: LogOutput.wallClockMs()))
  }

  static func check(_ settings: Settings, _ ids: [Setting<String>]) throws {
    let wrong = ids.filter { !FieldRules.isId(settings[$0]) }
    guard wrong.isEmpty else { throw ConfigurationError(wrong.map { settings.problem($0, needsId) }) }
  }

  static func check(_ settings: Settings, _ ids: [Setting<String?>]) throws {
    let wrong = ids.filter { settings[$0].map { !FieldRules.isId($0) } ?? false }
    guard wrong.isEmpty else { throw ConfigurationError(wrong.map { settings.problem($0, needsId) }) }
  }

  private static let needsId = "needs 1 to \(FieldRules.idLengthMax) printable characters"

  private static func typed(_ argument: String) throws -> [String] {
    var lines = [argument]
    if argument == "-" {
      lines = []
      while let line = readLine() { lines.append(line) }
    }
    let codes = lines.flatMap { $0.split(separator: ",") }
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard (1...VoucherBundle.codesMax).contains(codes.count) else {
      throw CommandFailure("\(codes.count) codes are named; it must be 1 to \(VoucherBundle.codesMax)")
    }
    return codes
  }

  func run() throws -> ExitCode {
    let ask = RewardEngineAsk(
      context: context, asked: .voucherCommands, answered: .voucherAnswers, key: command.key)
    let outcome = try ask.run {
      command.encode(to: &$0)
    } read: { bytes -> TillAnswer? in
      guard let answer = try? TillAnswer(decoding: bytes), answer.id == command.id, answer.key == command.key else {
        return nil
      }
      return answer
    }
    switch outcome {
    case .handedOver:
      context.tell(
        "Handed over as \(command.id); \(Topic.voucherAnswers.name) will hold the answer",
        TillText.json(command.id, "handed-over"))
      return .done
    case .answered(let answer):
      let text = TillText(answer, currency: currency)
      context.tell(text.text, text.json)
      return text.exitCode
    case .deadLetter(let letter):
      context.tell(
        "Refused: \(letter.error) (\(letter.message))",
        TillText.json(
          command.id, "dead-letter", .refused, ("refused", .string(letter.error)),
          ("message", .string(letter.message))))
      return .refused
    case .none:
      throw CommandFailure("no answer to \(command.id) yet. \(RewardEngineAsk.advice)", exitCode: .unanswered)
    }
  }
}
