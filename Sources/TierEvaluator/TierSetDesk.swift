import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Sets levels by hand, each command once. What cannot be done is a dead letter with a stable code.
struct TierSetDesk {
  private let book: TierBook
  private let programs: ProgramShelf

  init(_ book: TierBook, _ programs: ProgramShelf) {
    self.book = book
    self.programs = programs
  }

  /// - Parameter now: the worker's time.
  func take(_ command: TierCommand, now: Instant) throws {
    let program = try program(of: command)
    let key = TierKey(memberId: command.memberId, programId: program.id)
    var state = try book.tiers.get(key) ?? TierState(memberId: command.memberId, programId: program.id)
    var changes = book.judge(&state, upTo: command.occurredAt)
    switch state.set(command, under: program) {
    case .success(let more): changes += more
    case .failure(let refusal): throw PoisonRecord(code: refusal.rawValue, refusal.sentence)
    }
    changes += book.judge(&state, upTo: now)
    try book.keep(key, state, changes)
  }

  /// The programme a command names, or the only one with tiers in force.
  private func program(of command: TierCommand) throws -> Program {
    if let id = command.programId {
      guard let program = programs.catalog.version(of: id, at: command.occurredAt) else {
        throw PoisonRecord(code: "unknown-program", "the command names a programme that was not in force at its time")
      }
      return program
    }
    let inForce = programs.inForce(at: command.occurredAt).filter { $0.tiers != nil }
    guard inForce.count == 1, let only = inForce.first else {
      throw PoisonRecord(
        code: "program-required",
        "the command names no programme, and \(inForce.count) with tiers were in force at its time")
    }
    return only
  }
}

extension TierRefusal {
  fileprivate var sentence: String {
    switch self {
    case .noTiers: "the programme had no tiers at the command's time"
    case .unknownLevel: "the programme had no such level at the command's time"
    case .untilHasPassed: "until must be after the command's time and after what the member did last"
    }
  }
}
