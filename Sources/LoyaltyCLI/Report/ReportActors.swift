import Inquiry
import JSON
import Loyalty
import ServiceKit

/// `loyalty report actors`: who adjusted what by hand, a day at a time.
enum ReportActors: Subcommand {
  private static let since = Setting.text(
    "since", placeholder: "INSTANT",
    help: "What was booked from then on, RFC 3339; left out: from the ledger's beginning."
  ).optional.flagOnly
  private static let until = Setting.text(
    "until", placeholder: "INSTANT", help: "What was booked before then, RFC 3339; left out: to the ledger's end."
  ).optional.flagOnly
  private static let opensAt = Setting.integer(
    "opens-at", default: 8, in: 0...23, unit: "o'clock", help: "Adjustments before it count as after hours."
  ).flagOnly
  private static let closesAt = Setting.integer(
    "closes-at", default: 20, in: 1...24, unit: "o'clock",
    help: "Those from it on do likewise, in the programme's zone."
  ).flagOnly
  private static let roundTo = Setting.integer(
    "round-to", default: 1_000, in: 2...MemberCommandSettings.pointsMax, unit: "points",
    help: "Multiples of it are round."
  ).flagOnly

  static let command = CommandDeclaration(
    "actors",
    summary: "by actor and day: how many points were adjusted by hand for how many members, and what of it deserves a "
      + "second look. Reads the ledger whole.",
    settings: [since, until, opensAt, closesAt, roundTo])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    let marks = ActorReport.Marks(
      opensAt: settings[opensAt], closesAt: settings[closesAt], roundTo: Int64(settings[roundTo]))
    let report = try ActorReading.report(
      context.cluster, marks, since: try settings.instant(since), until: try settings.instant(until))
    let homes = try ActorReading.households(context.cluster, of: Set(report.lines.keys.map(\.actor)))
    let lines = report.lines.sorted { $0.key < $1.key }.map { place, line in
      ActorLine(place: place, line: line, home: homes[place.actor])
    }
    context.tell(lines.isEmpty ? "nobody adjusted anything" : text(lines), .array(lines.map(\.json)))
    return .done
  }

  private static func text(_ lines: [ActorLine]) -> String {
    let titles = [
      "ACTOR", "DAY", "ADJUSTED", "AWARDED", "DEDUCTED", "MEMBERS", "PROPOSED", "APPROVED", "DECLINED", "OWN", "ROUND",
      "LATE", "SPENT",
    ]
    var table = TextTable(titles, rightAligned: Set(2..<titles.count))
    for line in lines { table.add(line.cells) }
    return table.text() + """


      OWN: for the actor's own household, where a profile tells it (?: none has the actor's name as id, e-mail or phone);
      ROUND: round amounts; LATE: after hours; SPENT: points redeemed or given away within 24 hours
      """
  }
}

/// An actor's day, as it is told.
private struct ActorLine {
  let place: ActorReport.Place
  let line: ActorReport.Line
  /// nil: no profile tells who the actor is.
  let home: Set<String>?

  /// Adjustments for the actor's own household.
  private var own: Int? {
    home.map { home in line.members.reduce(0) { home.contains($1.key) ? $0 + $1.value : $0 } }
  }

  var cells: [String] {
    let points = [line.awarded, line.deducted].map { grouped($0.value) }
    let counts = [line.members.count, line.proposed, line.approved, line.declined].map { "\($0)" }
    let marks = [line.round, line.afterHours, line.spentSoon].map { "\($0)" }
    let atHome = own.map { "\($0)" } ?? "?"
    return [place.actor, place.day.text, "\(line.adjustments)"] + points + counts + [atHome] + marks
  }

  var json: JSONValue {
    .fields([
      "actor": .string(place.actor), "day": .string(place.day.text), "adjustments": .count(line.adjustments),
      "awarded": .points(line.awarded), "deducted": .points(line.deducted), "members": .count(line.members.count),
      "proposed": .count(line.proposed), "approved": .count(line.approved),
      "approvedPoints": .points(line.approvedPoints), "declined": .count(line.declined),
      "ownHousehold": own.map { .count($0) },
      "round": .count(line.round), "afterHours": .count(line.afterHours), "spentWithinADay": .count(line.spentSoon),
    ])
  }
}
