import ServiceKit

/// `loyalty member close MEMBER`.
enum MemberClose: Subcommand {
  static let command = MemberStanding.command(
    "close",
    summary: "end an account for good: nothing is earned or spent, and what is left expires after the programme's grace"
  )

  static func run(_ context: CommandContext) throws -> ExitCode {
    try MemberStanding.run(context, .close, booked: .memberClosed)
  }
}
