import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// Counts what each actor of this partition has had done by hand in a day, and says whether more may be; takes the
/// answers of other partitions to what this one asked. See docs/commands-and-approval.md.
struct ClearanceDesk {
  private let days: Store<String, ActorDayRow>
  private let clearances: Clearances
  private let commandDesk: CommandDesk
  private let tiers: PointsTiers
  private let erased: ErasedMembers
  private let memoryMs: Int64

  init(
    _ context: ProcessorContext, _ clearances: Clearances, _ commandDesk: CommandDesk, _ tiers: PointsTiers,
    _ erased: ErasedMembers, _ settings: PointsSettings
  ) throws {
    days = try context.store(PointsTopology.actorDays)
    self.clearances = clearances
    self.commandDesk = commandDesk
    self.tiers = tiers
    self.erased = erased
    // No older command is taken.
    memoryMs = settings.commandMemoryMs
  }

  func process(_ clearance: Clearance) throws {
    switch clearance.stage {
    case .asked: try answer(clearance)
    case .answered(let isGranted):
      guard clearance.service == .pointsEngine else { return }
      switch clearance.command {
      case .member(let command):
        guard try !erased.passOver(command) else { return }
        try commandDesk.settle(command, isGranted: isGranted)
      case .tier(let command):
        guard try !erased.passOver(command) else { return }
        try tiers.settle(command, isGranted: isGranted)
      case .clockTick: break
      }
    }
  }

  /// Each question comes once: whoever asks notes that it has.
  private func answer(_ question: Clearance) throws {
    let key = ActorDayRow.key(question.kind, question.day, question.actor)
    let end = (Int64(question.day.daysSinceEpoch) + 1) * Instant.dayMs
    var row = try days.get(key) ?? ActorDayRow(forgetAt: Instant(milliseconds: end + memoryMs))
    let isGranted = row.day.take(question.amount, atMost: question.most)
    if isGranted { try days.put(key, row) }
    clearances.answer(question, isGranted: isGranted)
  }

  var sweep: Sweep { .forgetting(days) }
}
