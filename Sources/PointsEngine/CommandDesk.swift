import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Answers commands, each id once.
struct CommandDesk {
  private let book: AccountBook
  private let programs: ProgramShelf

  init(_ book: AccountBook, _ programs: ProgramShelf) {
    self.book = book
    self.programs = programs
  }

  func take(_ command: MemberCommand) throws {
    let program = try program(of: command)
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
    case .cancelRedemption(let redemptionId):
      let redemptionKey = commandKey(redemptionId, command, program)
      var redemption = try book.commands.get(redemptionKey)
      record = account.cancelRedemption(
        &redemption, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
      if let redemption { try book.commands.put(redemptionKey, redemption) }
    }
    try book.commands.put(key, record)
    try book.keep(account)
  }

  private func commandKey(_ id: String, _ command: MemberCommand, _ program: Program) -> String {
    RecordKey.memberProgram(command.memberId, program.id) + RecordKey.separator + id
  }

  /// The programme a command names, or the only one in force.
  private func program(of command: MemberCommand) throws -> Program {
    if let id = command.programId {
      guard let program = programs.catalog.version(of: id, at: command.occurredAt) else {
        throw PoisonRecord(code: "unknown-program", "the command names a programme that was not in force at its time")
      }
      return program
    }
    let inForce = programs.inForce(at: command.occurredAt)
    guard inForce.count == 1, let only = inForce.first else {
      throw PoisonRecord(
        code: "program-required", "the command names no programme, and \(inForce.count) were in force at its time")
    }
    return only
  }
}
