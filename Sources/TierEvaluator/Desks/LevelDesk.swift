import Loyalty
import ServiceDomain
import StreamRuntime

/// Sets levels by hand, each command once. What cannot be done is a dead letter with a stable code.
struct LevelDesk {
  private let book: EvaluatorBook
  private let programs: ProgramShelf

  init(_ book: EvaluatorBook, _ programs: ProgramShelf) {
    self.book = book
    self.programs = programs
  }

  /// The programme of a command; nil: the points engine judges it, and says why where it cannot.
  func target(of command: TierCommand) throws -> Program? {
    let program = try programs.target(of: command).get()
    return book.tiers.judges(program.id) ? program : nil
  }

  /// - Parameter now: the worker's time.
  func process(_ command: TierCommand, under program: Program, now: Instant) throws {
    var state = try book.state(command.memberId, program.id)
    _ = try book.tiers.set(command, in: &state, under: program, now: now)
  }
}
