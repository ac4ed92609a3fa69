import Loyalty
import StreamRuntime

extension ProgramShelf {
  /// The programme that a tier command is about: the one it names, or the only one with tiers in force.
  package func target(of command: TierCommand) -> Result<Program, PoisonRecord> {
    if let id = command.programId {
      guard let program = catalog.version(of: id, at: command.occurredAt) else {
        return .failure(
          PoisonRecord(code: "unknown-program", "the command names a programme that was not in force at its time"))
      }
      return .success(program)
    }
    let inForce = inForce(at: command.occurredAt).filter { $0.tiers != nil }
    guard inForce.count == 1, let only = inForce.first else {
      return .failure(
        PoisonRecord(
          code: "program-required",
          "the command names no programme, and \(inForce.count) with tiers were in force at its time"))
    }
    return .success(only)
  }
}
