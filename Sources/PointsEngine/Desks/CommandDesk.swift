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

  /// - Parameter now: the time up to which ids may have been forgotten.
  func process(_ command: MemberCommand, now: Instant) throws {
    for program in try programs(of: command) { try process(command, under: program, now: now) }
  }

  private func process(_ command: MemberCommand, under program: Program, now: Instant) throws {
    let key = commandKey(command.id, command, program)
    if try book.commands.get(key) != nil { return try compare(command, key, under: program) }
    var account = try book.account(command.memberId, program.id)
    // The account may have stood still for longer than ids are remembered.
    guard command.occurredAt.advanced(byMilliseconds: memoryMs) > max(account.clock, now) else {
      return try turnAway(command, because: .commandTooOld, under: program)
    }
    let record = try answer(command, &account, under: program)
    let forgetAt = max(command.occurredAt, account.clock).advanced(byMilliseconds: memoryMs)
    try book.commands.put(key, CommandRow(record: record, forgetAt: forgetAt))
    try book.commandContents.put(key, CommandContentRow(digest: command.contentDigest, forgetAt: forgetAt))
    try book.keep(account)
  }

  private func answer(
    _ command: MemberCommand, _ account: inout Account, under program: Program
  ) throws -> CommandRecord {
    let bookedAt = book.bookedAt(account, command.occurredAt)
    switch command.kind {
    case .redeem(let points, _):
      return account.redeem(points, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .adjust(let points):
      return account.adjust(by: points, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .transfer(let points, let recipient):
      let sent = account.send(
        points, to: recipient, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
      if let transfer = sent.transfer { book.handOver(transfer) }
      return sent.record
    case .freeze, .unfreeze, .close:
      return account.change(
        command.kind.standingChange, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .cancelRedemption(let redemptionId, let points):
      let key = commandKey(redemptionId, command, program)
      let row = try book.commands.get(key)
      var redemption = row?.record
      let record = account.cancelRedemption(
        points, of: &redemption, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
      if let row, let redemption {
        try book.commands.put(key, CommandRow(record: redemption, forgetAt: row.forgetAt))
      }
      return record
    }
  }

  /// The answer to this id is on the ledger already. What asks for something else under it is told so; what release
  /// 0.1.0 answered is not known well enough.
  private func compare(_ command: MemberCommand, _ key: String, under program: Program) throws {
    guard let content = try book.commandContents.get(key), content.digest != command.contentDigest else { return }
    try turnAway(command, because: .conflictingCommand, under: program)
  }

  private func turnAway(_ command: MemberCommand, because code: RefusalCode, under program: Program) throws {
    var account = try book.account(command.memberId, program.id)
    let bookedAt = book.bookedAt(account, command.occurredAt)
    account.turnAway(command, because: code, under: program, bookedAt: bookedAt, into: &book.journal)
    try book.keep(account)
  }

  private func commandKey(_ id: String, _ command: MemberCommand, _ program: Program) -> String {
    CommandKey.of(id, command.memberId, program.id)
  }

  /// The programme a command names, or the only one in force. A command about the member means every one in which they
  /// have an account, and opens none.
  private func programs(of command: MemberCommand) throws -> [Program] {
    if let id = command.programId {
      guard let program = programs.catalog.version(of: id, at: command.occurredAt) else {
        throw PoisonRecord(code: "unknown-program", "the command names a programme that was not in force at its time")
      }
      return [program]
    }
    if command.kind.isAboutTheMember { return try programsHeld(by: command.memberId, at: command.occurredAt) }
    let inForce = programs.inForce(at: command.occurredAt)
    guard inForce.count == 1 else {
      throw PoisonRecord(
        code: "program-required", "the command names no programme, and \(inForce.count) were in force at its time")
    }
    return inForce
  }

  private func programsHeld(by memberId: String, at instant: Instant) throws -> [Program] {
    let held = try programs.catalog.programIds.filter {
      try book.accounts.get(RecordKey.memberProgram(memberId, $0))?.isOpen == true
    }
    let found = held.compactMap { programs.catalog.version(of: $0, at: instant) }
    guard !found.isEmpty else {
      throw PoisonRecord(
        code: "no-account", "the command names no programme, and its member has no account in one of its time")
    }
    return found
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
