import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Answers commands, each id once.
struct CommandDesk {
  private let book: AccountBook
  private let programs: ProgramShelf
  private let memoryMs: Int64

  init(_ book: AccountBook, _ programs: ProgramShelf, _ settings: PointsSettings) {
    self.book = book
    self.programs = programs
    memoryMs = settings.commandMemoryMs
  }

  func process(_ command: MemberCommand) throws {
    for program in try programs(of: command) { try process(command, under: program) }
  }

  private func process(_ command: MemberCommand, under program: Program) throws {
    let key = commandKey(command.id, command, program)
    // The answer to this id is on the ledger already.
    guard try book.commands.get(key) == nil else { return }
    var account = try book.account(command.memberId, program.id)
    let bookedAt = book.bookedAt(account, command.occurredAt)
    let record: CommandRecord
    switch command.kind {
    case .redeem(let points, _):
      record = account.redeem(points, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .adjust(let points):
      record = account.adjust(by: points, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .transfer(let points, let recipient):
      let sent = account.send(
        points, to: recipient, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
      record = sent.record
      if let transfer = sent.transfer { book.handOver(transfer) }
    case .freeze, .unfreeze, .close:
      record = account.change(
        command.kind.standingChange, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .cancelRedemption(let redemptionId):
      let redemptionKey = commandKey(redemptionId, command, program)
      let row = try book.commands.get(redemptionKey)
      var redemption = row?.record
      record = account.cancelRedemption(
        &redemption, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
      if let row, let redemption {
        try book.commands.put(redemptionKey, CommandRow(record: redemption, forgetAt: row.forgetAt))
      }
    }
    let forgetAt = max(command.occurredAt, account.clock).advanced(byMilliseconds: memoryMs)
    try book.commands.put(key, CommandRow(record: record, forgetAt: forgetAt))
    try book.keep(account)
  }

  private func commandKey(_ id: String, _ command: MemberCommand, _ program: Program) -> String {
    CommandKey.of(id, command.memberId, program.id)
  }

  /// The programme a command names, or the only one in force; every one in force where the command is about the member.
  private func programs(of command: MemberCommand) throws -> [Program] {
    if let id = command.programId {
      guard let program = programs.catalog.version(of: id, at: command.occurredAt) else {
        throw PoisonRecord(code: "unknown-program", "the command names a programme that was not in force at its time")
      }
      return [program]
    }
    let inForce = programs.inForce(at: command.occurredAt)
    if command.kind.isAboutTheMember, !inForce.isEmpty { return inForce }
    guard inForce.count == 1 else {
      throw PoisonRecord(
        code: "program-required", "the command names no programme, and \(inForce.count) were in force at its time")
    }
    return inForce
  }
}

extension MemberCommand.Kind {
  fileprivate var isAboutTheMember: Bool {
    switch self {
    case .freeze, .unfreeze, .close: true
    case .redeem, .cancelRedemption, .adjust, .transfer: false
    }
  }

  fileprivate var standingChange: Account.StandingChange {
    switch self {
    case .freeze: .freeze
    case .unfreeze: .unfreeze
    case .close: .close
    case .redeem, .cancelRedemption, .adjust, .transfer: preconditionFailure("a command on points changes no standing")
    }
  }
}
