import Inquiry

/// Outcomes, a line each.
struct OutcomeTable {
  private var table = TextTable(
    ["AT", "MESSAGE", "MEMBER", "TEMPLATE", "CHANNEL", "OUTCOME", "TRIES", "WHY"], rightAligned: [6])

  init(_ outcomes: [MessageOutcome]) {
    for each in outcomes {
      let why = [each.reason.map(OutcomeWords.told), each.text("retriedBy").map { "sent again by \($0)" }]
      table.add([
        each.text("occurredAt") ?? "", each.id, each.memberId, each.text("template") ?? "?",
        each.text("channel") ?? "?",
        each.text("outcome") ?? "?", each.document["attempts"]?.integer.map { "\($0)" } ?? "?",
        why.compactMap { $0 }.joined(separator: "; "),
      ])
    }
  }

  var text: String { table.text() }
}
