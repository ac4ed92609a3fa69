import Inquiry
import ServiceKit

/// One thing `loyalty` can do.
protocol Subcommand: SendableMetatype {
  static var command: CommandDeclaration { get }
  /// Whether the first SIGINT lets it come to an end of its own; otherwise it ends the process at once.
  static var stopsGracefully: Bool { get }
  static func run(_ context: CommandContext) throws -> ExitCode
}

extension Subcommand {
  static var stopsGracefully: Bool { false }
}

/// What a command works with.
struct CommandContext {
  let settings: Settings
  let cluster: Cluster
  let console: Console
  let stop: StopSignal
}
