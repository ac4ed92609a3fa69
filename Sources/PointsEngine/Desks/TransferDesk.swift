import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Takes the steps of a transfer after the first, which a command takes: books points in for the member they were sent
/// to, or sends them back; books them in again for the member they come back to. Each step once.
struct TransferDesk {
  private let book: AccountBook
  private let programs: ProgramShelf
  private let erased: ErasedMembers
  private let memoryMs: Int64

  init(_ book: AccountBook, _ programs: ProgramShelf, _ erased: ErasedMembers, _ settings: PointsSettings) {
    self.book = book
    self.programs = programs
    self.erased = erased
    memoryMs = settings.commandMemoryMs
  }

  func process(_ transfer: Transfer) throws {
    switch transfer.stage {
    case .sent: try receive(transfer)
    case .declined(let code): try takeBack(transfer, because: code)
    }
  }

  private func receive(_ transfer: Transfer) throws {
    // No row may name a member who was erased.
    if try erased.passOver(transfer.to, happenedAt: transfer.occurredAt) {
      return book.handOver(transfer.declined(.memberErased))
    }
    let key = CommandKey.ofTransfer(transfer.id, from: transfer.from, to: transfer.to, transfer.programId)
    guard try book.commands.get(key) == nil else { return }
    var account = try book.account(transfer.to, transfer.programId)
    let bookedAt = book.bookedAt(account, transfer.occurredAt)
    if let code = account.receive(transfer, bookedAt: bookedAt, into: &book.journal) {
      book.handOver(transfer.declined(code))
    }
    let record = CommandRecord(id: transfer.id, outcome: .transferAnswered, occurredAt: transfer.occurredAt)
    let forgetAt = max(transfer.occurredAt, account.clock).advanced(byMilliseconds: memoryMs)
    try book.commands.put(key, CommandRow(record: record, forgetAt: forgetAt))
    try book.keep(account)
  }

  private func takeBack(_ transfer: Transfer, because code: RefusalCode) throws {
    let key = CommandKey.of(transfer.id, transfer.from, transfer.programId)
    guard var row = try book.commands.get(key) else { return try forfeit(transfer) }
    guard let program = program(of: transfer) else {
      throw PoisonRecord(code: "unknown-program", "the transfer names a version of a programme that is not published")
    }
    var account = try book.account(transfer.from, transfer.programId)
    account.takeBack(
      transfer, because: code, record: &row.record, under: program,
      bookedAt: book.bookedAt(account, transfer.occurredAt), into: &book.journal)
    try book.commands.put(key, row)
    try book.keep(account)
  }

  /// The sender was erased meanwhile. The points must not stay under way for ever; nor may a row of theirs.
  private func forfeit(_ transfer: Transfer) throws {
    var account = try book.account(transfer.from, transfer.programId)
    let isNew = account.sequence == 0
    account.forfeit(transfer, bookedAt: book.bookedAt(account, transfer.occurredAt), into: &book.journal)
    if isNew {
      try book.end(account)
    } else {
      try book.keep(account)
    }
  }

  private func program(of transfer: Transfer) -> Program? {
    programs.catalog.version(of: transfer.programId, number: transfer.programVersion)
      ?? programs.catalog.version(of: transfer.programId, at: transfer.occurredAt)
  }
}
