import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Answers commands, each id once.
struct CommandDesk {
  private let book: AccountBook
  private let programs: ProgramShelf
  private let clearances: Clearances
  private let limits: AdjustmentLimits
  private let memoryMs: Int64

  init(
    _ book: AccountBook, _ programs: ProgramShelf, _ clearances: Clearances, _ settings: PointsSettings
  ) {
    self.book = book
    self.programs = programs
    self.clearances = clearances
    limits = settings.limits
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
    if try ask(command, key, account, under: program) { return }
    try remember(command, try answer(command, &account, under: program), key, account)
    try book.keep(account)
  }

  /// For at least as long as a proposal waits, where it waits, and its memory after that.
  private func remember(_ command: MemberCommand, _ record: CommandRecord, _ key: String, _ account: Account) throws {
    var forgetAt = max(command.occurredAt, account.clock)
    if record.outcome == .asked || record.outcome == .proposed {
      forgetAt = max(forgetAt, book.bookedAt(account, command.occurredAt)).advanced(byMilliseconds: limits.proposalMs)
    }
    forgetAt = forgetAt.advanced(byMilliseconds: memoryMs)
    try book.commands.put(key, CommandRow(record: record, forgetAt: forgetAt))
    try book.commandContents.put(key, CommandContentRow(digest: command.contentDigest, forgetAt: forgetAt))
  }

  // MARK: What one person alone may do

  /// Asks, once, whether the actor of an adjustment may have so much booked today, where there is a limit to that. Says
  /// whether the command waits for the answer.
  private func ask(_ command: MemberCommand, _ key: String, _ account: Account, under program: Program) throws -> Bool {
    guard case .adjust(let points) = command.kind, let most = limits.pointsDayMax, let actor = command.actor,
      !limits.areExceeded(by: points)
    else { return false }
    let record = CommandRecord(id: command.id, outcome: .asked, occurredAt: command.occurredAt)
    try remember(command, record, key, account)
    var named = command
    named.programId = program.id
    clearances.ask(
      .adjustedPoints, .member(named), by: actor, occurredAt: command.occurredAt,
      amount: Int64(points.value.magnitude), most: most.value)
    return true
  }

  /// What became of asking: the adjustment is booked, or waits for another person.
  func settle(_ asked: MemberCommand, isGranted: Bool) throws {
    for program in try programs(of: asked) {
      let key = commandKey(asked.id, asked, program)
      guard case .adjust(let points) = asked.kind, var row = try book.commands.get(key), row.record.outcome == .asked,
        try book.commandContents.get(key)?.digest == asked.contentDigest
      else { continue }
      var account = try book.account(asked.memberId, program.id)
      var command = asked
      if !isGranted { command.kind = .propose(points: points) }
      row.record = try answer(command, &account, under: program)
      try book.commands.put(key, row)
      try book.keep(account)
    }
  }

  private func propose(
    _ points: Points, _ command: MemberCommand, _ account: inout Account, under program: Program, bookedAt: Instant
  ) throws -> CommandRecord {
    // From when it is known on: a command may come long after it says that it was given.
    let expiresAt = max(command.occurredAt, bookedAt).advanced(byMilliseconds: limits.proposalMs)
    let record = account.propose(
      points, until: expiresAt, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    guard record.outcome == .proposed, let actor = command.actor, let reason = command.reason else { return record }
    try book.letWait(
      Proposal(
        id: command.id, memberId: command.memberId, programId: program.id, programVersion: program.version,
        points: points, occurredAt: command.occurredAt, expiresAt: expiresAt, source: command.source, actor: actor,
        reason: reason), key: commandKey(command.id, command, program))
    return record
  }

  /// What another person, or of a decline its own author, says of a proposal.
  private func decide(
    _ proposalId: String, isApproved: Bool, _ command: MemberCommand, _ account: inout Account, under program: Program,
    bookedAt: Instant
  ) throws -> CommandRecord {
    let key = commandKey(proposalId, command, program)
    guard let row = try book.proposals.get(key) else {
      let code = try book.commands.get(key)?.record.outcome.whyNothingWaits ?? .unknownProposal
      return account.refuseDecision(command, because: code, under: program, bookedAt: bookedAt, into: &book.journal)
    }
    let record =
      isApproved
      ? account.approve(row.proposal, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
      : account.decline(row.proposal, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    if record.outcome == .approved { try end(row.proposal, key: key, .adjusted) }
    if record.outcome == .declined { try end(row.proposal, key: key, .refused(code: .proposalDeclined)) }
    return record
  }

  /// Nobody approved it in time.
  func expire(_ proposal: Proposal, key: String, at instant: Instant) throws {
    var account = try book.account(proposal.memberId, proposal.programId)
    let record = account.expire(proposal, bookedAt: book.bookedAt(account, instant), into: &book.journal)
    try end(proposal, key: key, record.outcome)
    try book.keep(account)
  }

  private func end(_ proposal: Proposal, key: String, _ outcome: CommandRecord.Outcome) throws {
    try book.endWait(key: key)
    guard var row = try book.commands.get(key) else { return }
    row.record.outcome = outcome
    try book.commands.put(key, row)
  }

  // MARK: Answers

  private func answer(
    _ command: MemberCommand, _ account: inout Account, under program: Program
  ) throws -> CommandRecord {
    let bookedAt = book.bookedAt(account, command.occurredAt)
    switch command.kind {
    case .redeem(let points, _):
      return account.redeem(points, for: command, under: program, bookedAt: bookedAt, into: &book.journal)
    case .adjust(let points) where limits.areExceeded(by: points), .propose(let points):
      return try propose(points, command, &account, under: program, bookedAt: bookedAt)
    case .approve(let proposalId):
      return try decide(proposalId, isApproved: true, command, &account, under: program, bookedAt: bookedAt)
    case .decline(let proposalId):
      return try decide(proposalId, isApproved: false, command, &account, under: program, bookedAt: bookedAt)
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
    case .redeem, .cancelRedemption, .adjust, .propose, .approve, .decline, .transfer: false
    }
  }

  fileprivate var standingChange: Account.StandingChange {
    switch self {
    case .freeze: .freeze
    case .unfreeze: .unfreeze
    case .close: .close
    case .redeem, .cancelRedemption, .adjust, .propose, .approve, .decline, .transfer:
      preconditionFailure("a command on points changes no standing")
    }
  }
}

extension CommandRecord.Outcome {
  /// Why no adjustment of that command waits for another person; nil: it asked for none.
  fileprivate var whyNothingWaits: RefusalCode? {
    switch self {
    case .adjusted: .alreadyBooked
    case .refused(code: .proposalExpired): .proposalExpired
    case .refused(code: .proposalDeclined): .proposalDeclined
    default: nil
    }
  }
}
