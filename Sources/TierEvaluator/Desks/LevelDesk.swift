import Loyalty
import ServiceDomain
import StreamRuntime

/// Sets levels by hand, each command once. What cannot be done is a dead letter with a stable code.
struct LevelDesk {
  private let book: EvaluatorBook
  private let programs: ProgramShelf
  private let asking: LevelAsking

  init(_ book: EvaluatorBook, _ programs: ProgramShelf, _ asking: LevelAsking) {
    self.asking = asking
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
    guard try !asking.mustWait(command, of: &state, under: program, book.tiers) else { return }
    _ = try book.tiers.set(command, in: &state, under: program, now: now)
  }

  /// What became of asking whether its actor may set another level today.
  func settle(_ command: TierCommand, isGranted: Bool, now: Instant) throws {
    guard let program = try target(of: command) else { return }
    var state = try book.state(command.memberId, program.id)
    guard try asking.settle(command, isGranted: isGranted, &state) else { return }
    _ = try book.tiers.set(command, in: &state, under: program, now: now)
  }
}
