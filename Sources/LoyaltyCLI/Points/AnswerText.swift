import Contracts
import Inquiry
import JSON
import Loyalty

/// What the points engine answered to a command, a programme's booking at a time.
struct AnswerText {
  let command: MemberCommand
  /// Those concerned, as they were in force.
  let programs: [String: Program]
  /// The id had been answered before.
  let isOld: Bool

  func exitCode(of booking: [LedgerEntry]) -> ExitCode {
    if booking.first?.type == .adjustmentProposed { return .awaitsApproval }
    guard let first = booking.first, isRefusal(first) else { return .done }
    return first.reason == RefusalCode.conflictingCommand.rawValue ? .conflict : .refused
  }

  /// That a proposal is refused is what its decline asked for.
  private func isRefusal(_ entry: LedgerEntry) -> Bool { entry.type.traits.isRefusal && !isDecline(entry) }

  private func isDecline(_ entry: LedgerEntry) -> Bool {
    entry.approval?.declinedBy != nil && entry.approval?.commandId == command.id
  }

  func text(_ booking: [LedgerEntry], ofSeveral: Bool) -> String {
    guard let first = booking.first, let last = booking.last else { return "" }
    let place = ofSeveral ? "\(first.programId): " : ""
    let before = isOld ? " (answered before; nothing moved now)" : ""
    if isDecline(first) { return place + declined(first) + before }
    if isRefusal(first) {
      let advice = advice(first)
      let told = "Refused: \(first.reason ?? first.type.rawValue)" + (advice.isEmpty ? "" : ". \(advice)")
      return place + told + before
    }
    if first.type == .adjustmentProposed { return place + waiting(first) + before }
    var what = first.type.rawValue
    if !first.type.traits.movesNothing {
      let points = Self.change(by: booking)
      what += ": \(points > 0 ? "+" : "")\(grouped(points.value)) points"
      if booking.count > 1 { what += ", \(booking.count) entries" }
    }
    if let endsAt = first.expiresAt, first.type == .memberClosed { what += ", ends at \(endsAt.rfc3339)" }
    return """
      \(place)\(what)\(before)
      \(command.memberId) held \(grouped(last.balances.available.value)) available and \
      \(grouped(last.balances.pending.value)) pending after it
      """
  }

  private func declined(_ entry: LedgerEntry) -> String {
    let points = entry.approval?.proposed.map { grouped($0.value) } ?? "some"
    return "\(entry.cause) waits no more: \(points) points for \(command.memberId) will not be booked"
  }

  /// What a booking does to all that the member holds.
  private static func change(by booking: [LedgerEntry]) -> Points {
    booking.reduce(.zero) { $0.addingBounded($1.change) }
  }

  private func waiting(_ proposal: LedgerEntry) -> String {
    let points = proposal.approval?.proposed.map { grouped($0.value) } ?? "some"
    let end = proposal.expiresAt.map { " until \($0.rfc3339)" } ?? ""
    return "Waits for approval: \(points) points for \(command.memberId) are more than one person alone may adjust. "
      + "Nothing has moved; another one can say `loyalty points approve \(command.id)` or `decline`\(end)"
  }

  func json(_ booking: [LedgerEntry]) -> JSONValue {
    guard let first = booking.first, let last = booking.last else { return .null }
    let isRefusal = isRefusal(first)
    return .fields([
      "programId": .string(first.programId), "type": .string(first.type.rawValue),
      "points": .points(Self.change(by: booking)),
      "proposal": first.type == .adjustmentProposed || isDecline(first) ? .string(first.cause) : nil,
      "proposed": first.approval?.proposed.map { .points($0) },
      "expiresAt": first.type == .adjustmentProposed ? first.expiresAt.map { .instant($0) } : nil,
      "approvedBy": first.approval?.approvedBy.map { .string($0) },
      "declinedBy": first.approval?.declinedBy.map { .string($0) },
      "refused": isRefusal ? first.reason.map { .string($0) } : nil,
      "message": isRefusal ? .string(advice(first)) : nil,
      "entries": .array(booking.map { .string($0.id) }),
      "balances": .fields([
        "pending": .points(last.balances.pending), "available": .points(last.balances.available),
      ]),
    ])
  }

  private func advice(_ refusal: LedgerEntry) -> String {
    refusal.reason.flatMap(RefusalCode.init(rawValue:)).map {
      RefusalAdvice(code: $0, balances: refusal.balances, command: command, program: programs[refusal.programId]).text
    } ?? ""
  }
}

extension LedgerEntry {
  /// What it does to all that the member holds.
  var change: Points {
    let gains = credit == .memberAvailable || credit == .memberPending
    let loses = debit == .memberAvailable || debit == .memberPending
    if gains == loses { return 0 }
    return gains ? points : -points
  }
}
