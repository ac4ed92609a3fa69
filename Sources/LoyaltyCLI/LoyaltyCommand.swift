import Foundation
import Inquiry
import Kafka
import ServiceKit

/// The tree of commands, and the way from the command line into one of them.
package enum LoyaltyCommand {
  private struct Group: Sendable {
    let name: String
    let summary: String
    let commands: [any Subcommand.Type]
    /// Groups within it, by their names.
    var groups: [Group] = []

    var declaration: CommandDeclaration {
      CommandDeclaration(
        name, summary: summary, subcommands: groups.map(\.declaration) + commands.map { $0.command })
    }

    /// The command at the end of a path that begins in this group.
    func command(at path: some Collection<String>) -> (any Subcommand.Type)? {
      guard let name = path.first else { return nil }
      if path.count == 1 { return commands.first { $0.command.name == name } }
      return groups.first { $0.name == name }?.command(at: path.dropFirst())
    }
  }

  private static let groups = [
    Group(name: "topics", summary: "Topics as code.", commands: [TopicsApply.self, TopicsAcls.self]),
    Group(
      name: "programs", summary: "Programme documents.",
      commands: [
        ProgramsPublish.self, ProgramsList.self, ProgramsCheck.self, ProgramsShow.self,
      ]),
    Group(
      name: "templates", summary: "What messages say.",
      commands: [
        TemplatesPublish.self, TemplatesList.self, TemplatesShow.self, TemplatesDiff.self, TemplatesPreview.self,
        TemplatesLint.self, TemplatesSendTest.self,
      ]),
    Group(
      name: "rewards", summary: "What members get for points.",
      commands: [
        RewardsPublish.self, RewardsList.self, RewardsShow.self, RewardsCheck.self, RewardsRedeem.self,
        RewardsCancel.self, RewardsDeliver.self,
      ]),
    Group(
      name: "vouchers", summary: "Vouchers and their codes.",
      commands: [
        VouchersImport.self, VouchersExport.self, VouchersIssue.self, VouchersShow.self, VouchersCheck.self,
        VouchersHold.self, VouchersCommit.self, VouchersRelease.self, VouchersRollback.self, VouchersCancel.self,
      ],
      groups: [
        Group(
          name: "pools", summary: "What vouchers promise and how their codes are made.",
          commands: [PoolsPublish.self, PoolsList.self, PoolsShow.self, PoolsCheck.self])
      ]),
    Group(
      name: "partners", summary: "Who else delivers rewards.",
      commands: [
        PartnersPublish.self, PartnersList.self, PartnersShow.self, PartnersCheck.self, PartnersTry.self,
        PartnersOrders.self, PartnersReconcile.self, PartnersSettle.self,
      ]),
    Group(
      name: "members", summary: "Member profiles.", commands: [MembersImport.self, MembersFind.self, MembersCheck.self]),
    Group(name: "purchases", summary: "Purchases.", commands: [PurchasesReplay.self, PurchasesClaim.self]),
    Group(name: "account", summary: "Members' accounts.", commands: [AccountShow.self, AccountExplain.self]),
    Group(
      name: "member", summary: "One member's accounts as a whole.",
      commands: [MemberFreeze.self, MemberUnfreeze.self, MemberClose.self]),
    Group(
      name: "points", summary: "Members' points.",
      commands: [
        PointsRedeem.self, PointsCancel.self, PointsAdjust.self, PointsProposals.self, PointsApprove.self,
        PointsDecline.self, PointsTransfer.self,
      ]),
    Group(name: "tier", summary: "Members' tiers.", commands: [TierSet.self]),
    Group(
      name: "messages", summary: "Messages to members.",
      commands: [
        MessagesList.self, MessagesShow.self, MessagesRetry.self, MessagesPause.self, MessagesResume.self,
      ]),
    Group(
      name: "preferences", summary: "Which messages members want.",
      commands: [PreferencesShow.self, PreferencesSet.self, PreferencesMail.self]),
    Group(name: "privacy", summary: "What members ask for under data protection law.", commands: [PrivacyErase.self]),
    Group(
      name: "keys", summary: "Keys that sign commands.",
      commands: [KeysCreate.self, KeysPublish.self, KeysRevoke.self, KeysList.self]),
    Group(
      name: "feedback", summary: "What mail servers and providers report of messages.",
      commands: [FeedbackDSN.self, FeedbackHookCommand.self]),
    Group(
      name: "suppressions", summary: "Contacts that nothing is sent to.",
      commands: [SuppressionsList.self, SuppressionsFind.self, SuppressionsAdd.self, SuppressionsRemove.self]),
    Group(name: "report", summary: "Reports.", commands: [ReportActors.self]),
    Group(
      name: "providers", summary: "Documents of message providers.",
      commands: [ProvidersShow.self, ProvidersCheck.self, ProvidersCallback.self]),
    Group(name: "clock", summary: "The clock of workers on stream time.", commands: [ClockAdvance.self]),
    Group(
      name: "rejections", summary: "Purchases that ingest refused.",
      commands: [RejectionsList.self, RejectionsShow.self, RejectionsRetry.self]),
    Group(name: "offsets", summary: "Where services go on.", commands: [OffsetsAcceptLoss.self]),
    Group(
      name: "dead-letters", summary: "Records that a service could not take.",
      commands: [DeadLettersList.self, DeadLettersReplay.self]),
  ]

  private static let single: [any Subcommand.Type] = [
    ValidateCommand.self, InboxCommand.self, SimulateCommand.self, StatusCommand.self, AuditCommand.self, Fence.self,
    CompletionCommand.self, ManualCommand.self,
  ]

  private static let brokerPatienceMs = Setting.milliseconds(
    "broker-patience-ms", default: 30_000, in: 100...3_600_000,
    help: "How long a cluster in motion (no leader, no coordinator, no broker) is asked again.")

  package static let root = CommandDeclaration(
    "loyalty", summary: "the operator's command of the Stampede loyalty platform.",
    settings: [CommandContext.json] + ClusterSettings.all + [
      brokerPatienceMs, CommandSigner.keyFile, Log.levelSetting,
    ],
    subcommands: groups.map(\.declaration) + single.map { $0.command })

  /// Runs what the command line asks for and ends the process.
  static func main() -> Never {
    do {
      let stop = try StopSignal.install()
      let (path, settings) = root.parseOrExit(version: WorkerProcess.version)
      exit(run(path, settings, stop, Console.standard).rawValue)
    } catch {
      Console.standard.note("loyalty: \(error)")
      exit(ExitCode.failed.rawValue)
    }
  }

  private static func run(
    _ path: [String], _ settings: Settings, _ stop: StopSignal, _ console: Console
  ) -> ExitCode {
    for remark in settings.remarks { console.note("loyalty: \(remark)") }
    let failure: CommandFailure
    do {
      return try attempt(path, settings, stop, console)
    } catch let error as ConfigurationError {
      root.exitWith(error.of(([root.name] + path).joined(separator: " ")))
    } catch let error as CommandFailure {
      failure = error
    } catch let error as InquiryError {
      failure = CommandFailure(error.told)
    } catch {
      failure = CommandFailure("\(error)")
    }
    console.note("loyalty: \(failure)")
    if settings[CommandContext.json] { console.say(failure.json) }
    return failure.exitCode
  }

  private static func attempt(
    _ path: [String], _ settings: Settings, _ stop: StopSignal, _ console: Console
  ) throws -> ExitCode {
    let all = Group(name: root.name, summary: root.summary, commands: single, groups: groups)
    guard let subcommand = all.command(at: path) else {
      preconditionFailure("a command without an implementation: \(path)")
    }
    if !subcommand.stopsGracefully {
      let interrupted: Int32 = 130
      stop.onStop { _exit(interrupted) }
    }
    let log = Log("loyalty", to: LogOutput(level: settings[Log.levelSetting]))
    let cluster = Cluster(
      try ClusterSettings.cluster(settings), patienceMs: settings[brokerPatienceMs]
    ) { level, line in
      log.debug("librdkafka: \(line)", ["syslogLevel": level])
    }
    do {
      return try subcommand.run(CommandContext(settings: settings, cluster: cluster, console: console, stop: stop))
    } catch let error as KafkaError where error.isUnauthenticated {
      if let advice = cluster.kafka.authenticationAdvice { console.note("loyalty: \(advice)") }
      throw error
    }
  }
}
