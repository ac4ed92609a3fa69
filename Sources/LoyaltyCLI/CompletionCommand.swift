import JSON
import ServiceKit

/// `loyalty completion SHELL`: what a shell must know to complete this command's line.
enum CompletionCommand: Subcommand {
  private static let shell = Setting<CompletionScript.Shell>.choice("shell", help: "bash, zsh or fish.")

  static let command = CommandDeclaration(
    "completion",
    summary: "print a script for a shell: source <(loyalty completion bash); loyalty completion zsh > "
      + "\"${fpath[1]}/_loyalty\"; loyalty completion fish > ~/.config/fish/completions/loyalty.fish. Needs no broker.",
    arguments: [shell])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let script = CompletionScript(of: LoyaltyCommand.root).text(for: context.settings[shell])
    context.tell(String(script.dropLast()), .string(script))
    return .done
  }
}
