import ServiceKit

/// `loyalty member freeze MEMBER`.
enum MemberFreeze: Subcommand {
  static let command = MemberStanding.command(
    "freeze", summary: "hold an account: nothing is spent or released, awards stay pending")

  static func run(_ context: CommandContext) throws -> ExitCode {
    try MemberStanding.run(context, .freeze, booked: .memberFrozen)
  }
}
