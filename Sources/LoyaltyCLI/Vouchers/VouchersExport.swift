import Contracts
import Foundation
import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty vouchers export POOL`: the vouchers of a pool as they stand, a JSON object a line.
enum VouchersExport: Subcommand {
  private static let pool = Setting.text("pool", help: "The pool's id.")
  private static let out = Setting.path(
    "out", help: "Where to write them; standard output if left out."
  ).optional.flagOnly

  static let command = CommandDeclaration(
    "export",
    summary: "the vouchers of a pool as they stand, a JSON object a line; their codes with the key of vouchers alone, "
      + "else the last four characters.", arguments: [pool], settings: [out, VoucherSecret.setting])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let path = context.settings[out]
    guard path != nil || !context.wantsJSON else {
      throw ConfigurationError([context.settings.problem(out, "is missing: with --json the lines need a file")])
    }
    let secret = try VoucherSecret(context)
    let id = context.settings[pool]
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let reading = try VoucherReading(context.cluster, reader)
    let file = try path.map(open)
    defer { try? file?.close() }
    var count = 0
    try reading.forEach { record in
      guard record.issue.pool == id else { return }
      count += 1
      let line = VoucherText(record, secret).json.compact
      if let file {
        try file.write(contentsOf: Data((line + "\n").utf8))
      } else {
        context.console.say(line)
      }
    }
    let told = "\(grouped(Int64(count))) vouchers of \(id)"
    if let path {
      context.tell(
        "\(told) are in \(TerminalText.name(path))", .fields(["pool": .string(id), "vouchers": .count(count)]))
    } else {
      context.console.note(told)
    }
    return .done
  }

  /// Readable by its owner alone: it may hold codes.
  private static func open(_ path: String) throws -> FileHandle {
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure("\(TerminalText.name(path)) cannot be written: \(String(cString: strerror(errno)))")
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// `loyalty vouchers show CODE|ID`: one voucher as it stands.
enum VouchersShow: Subcommand {
  private static let voucher = Setting.text(
    "voucher", placeholder: "CODE|ID", help: "A code, which takes the key of vouchers, or a voucher's id.")

  static let command = CommandDeclaration(
    "show", summary: "one voucher as it stands: state, what is left, validity, terms; exit code 4 where there is none.",
    arguments: [voucher], settings: [VoucherSecret.setting])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let secret = try VoucherSecret(context)
    let named = context.settings[voucher]
    let code = TypedCodes.meant(named, among: try TypedCodes.patterns(context.cluster))
    let reader = try TopicReader(context.cluster)
    defer { reader.close() }
    let found = try VoucherReading(context.cluster, reader).last {
      $0.key == named || secret.isCode(code, sealed: $0.code, end: $0.codeEnd)
    }
    guard let found else {
      let isKeyless = context.settings[VoucherSecret.setting] == nil
      let hint = isKeyless ? "; a code is found with --voucher-secret-file alone" : ""
      throw CommandFailure("no voucher of that code or id is out\(hint)", exitCode: .refused)
    }
    let told = VoucherText(found, secret)
    context.tell(told.text, told.json)
    return .done
  }
}

/// A voucher for people and programs.
struct VoucherText {
  private let record: VoucherRecord
  private let code: String

  init(_ record: VoucherRecord, _ secret: VoucherSecret) {
    self.record = record
    code = secret.shown(record.code, end: record.codeEnd)
  }

  var text: String {
    let issue = record.issue
    var lines = [
      "\(issue.voucher), code \(code): \(record.state.rawValue), \(left) left",
      "  of \(issue.isPartners ? "partner" : "pool") \(issue.pool), for \(issue.memberId), by redemption \(issue.redemptionId)",
      "  from \(issue.validFrom.rfc3339) until \(issue.validUntil.rfc3339)",
    ]
    if let bill = record.heldBy, let until = record.heldUntil {
      lines.append("  held by \(bill) until \(until.rfc3339)")
    }
    return lines.joined(separator: "\n")
  }

  private var left: String {
    guard case .value(let value) = record.issue.uses, let currency = record.issue.terms.currency else {
      return grouped(record.left)
    }
    let parts = [record.left, value].map { Money(minorUnits: $0, currency: currency).text }
    return "\(parts[0]) of \(parts[1]) \(currency.code)"
  }

  var json: JSONValue {
    let issue = record.issue
    return .fields([
      "id": .string(issue.voucher), (issue.isPartners ? "partner" : "pool"): .string(issue.pool),
      "memberId": .string(issue.memberId),
      "redemption": .string(issue.redemptionId), "code": .string(code), "state": .string(record.state.rawValue),
      "left": .count(record.left), "validFrom": .instant(issue.validFrom), "validUntil": .instant(issue.validUntil),
      "heldBy": record.heldBy.map { .string($0) }, "heldUntil": record.heldUntil.map { .instant($0) },
      "occurredAt": .instant(record.occurredAt),
    ])
  }
}
