import ServiceKit

/// `loyalty member unfreeze MEMBER`.
enum MemberUnfreeze: Subcommand {
  static let command = MemberStanding.command(
    "unfreeze", summary: "let a frozen account be used again; what is due is released at once")

  static func run(_ context: CommandContext) throws -> ExitCode {
    try MemberStanding.run(context, .unfreeze, booked: .memberUnfrozen)
  }
}
