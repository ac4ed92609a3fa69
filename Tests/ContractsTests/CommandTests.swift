import Contracts
import Foundation
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct CommandTests {
  private func decode(_ text: String) throws(ContractViolation) -> Command {
    try Sample.withBytes(Array(text.utf8)) { bytes throws(ContractViolation) in try Command(decoding: bytes) }
  }

  private let head = "\"id\":\"C-1\",\"occurredAt\":\"2026-01-01T00:00:00Z\",\"memberId\":\"M-1\""

  @Test(arguments: [
    "{\"type\":\"points.redeem\",$,\"points\":0}", "{\"type\":\"points.redeem\",$,\"points\":-5}",
    "{\"type\":\"points.redeem\",$,\"points\":1.5}", "{\"type\":\"points.redeem\",$,\"points\":\"5\"}",
    "{\"type\":\"points.redeem\",$,\"points\":1000000000001}", "{\"type\":\"points.redeem\",$}",
    "{\"type\":\"points.redeem.cancel\",$}", "{\"type\":\"points.adjust\",$,\"points\":5,\"actor\":\"a\"}",
    "{\"type\":\"points.adjust\",$,\"points\":5,\"reason\":\"r\"}",
    "{\"type\":\"points.adjust\",$,\"points\":0,\"actor\":\"a\",\"reason\":\"r\"}",
    "{\"type\":\"points.adjust.proposed\",$,\"points\":0,\"actor\":\"a\",\"reason\":\"r\"}",
    "{\"type\":\"points.adjust.proposed\",$,\"points\":5,\"actor\":\"a\"}",
    "{\"type\":\"points.adjust.approved\",$,\"actor\":\"a\"}",
    "{\"type\":\"points.adjust.approved\",$,\"proposalId\":\"A\"}",
    "{\"type\":\"points.adjust.declined\",$,\"actor\":\"a\"}",
    "{\"type\":\"points.adjust.declined\",$,\"proposalId\":\"A\"}",
    "{\"type\":\"tier.set\",$,\"level\":\"gold\",\"actor\":\"a\",\"reason\":\"r\"}",
    "{\"type\":\"tier.set\",$,\"level\":\"gold\",\"until\":\"2027-01-01T00:00:00Z\",\"reason\":\"r\"}",
    "{\"type\":\"points.transfer\",$,\"points\":5}", "{\"type\":\"points.transfer\",$,\"points\":5,\"to\":\"M-2\"}",
    "{\"type\":\"points.transfer\",$,\"points\":0,\"to\":\"M-2\",\"actor\":\"a\"}",
    "{\"type\":\"member.freeze\",$,\"actor\":\"a\"}", "{\"type\":\"member.unfreeze\",$,\"reason\":\"r\"}",
    "{\"type\":\"member.close\",$}", "{\"type\":\"clock.tick\",\"id\":\"C-1\"}",
  ])
  func brokenCommandIsRefused(text: String) {
    #expect(throws: ContractViolation.self) { try decode(text.replacing("$", with: head)) }
  }

  @Test func whatAnActorIsClearedForIsOfOneMember() throws {
    let tick = Clearance(
      service: .pointsEngine, command: .clockTick(id: "tick", to: .epoch), actor: "a", kind: .levelsSet,
      day: LocalDate(daysSinceEpoch: 1), amount: 1, most: 1)
    let bytes = Sample.encoded { tick.encode(to: &$0) }
    #expect(throws: ContractViolation.self) { try bytes.withUnsafeBytes { try Clearance(decoding: $0) } }
  }

  @Test func commandsSurviveTheRoundTrip() throws {
    let at = Instant(milliseconds: 1_700_000_000_123)
    func command(_ kind: MemberCommand.Kind) -> Command {
      .member(
        MemberCommand(id: "C", kind: kind, memberId: "M", programId: "p", occurredAt: at, actor: "a", reason: "r"))
    }
    for sent in [
      command(.redeem(points: 5, reference: "ORDER-1")), command(.cancelRedemption(redemptionId: "C-0")),
      command(.adjust(points: -7)),
      command(.propose(points: -7)), command(.approve(proposalId: "C-0")),
      command(.decline(proposalId: "C-0")), command(.transfer(points: 3, to: "M-2")),
      command(.freeze), command(.unfreeze),
      command(.close), .clockTick(id: "tick-1", to: at),
      .tier(
        TierCommand(
          id: "C", memberId: "M", programId: "p", level: "gold", until: at, occurredAt: at, source: "crm", actor: "a",
          reason: "r")),
    ] {
      let bytes = Sample.encoded { sent.encode(to: &$0) }
      #expect(try decode(String(decoding: bytes, as: UTF8.self)) == sent)
    }
  }

  @Test func documentationNamesEveryRefusal() throws {
    let url = TopicFolder.url.deletingLastPathComponent().appending(path: "docs/accounts.md")
    let rows = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
    let codes = rows.compactMap { $0.split(separator: "|").first }
    for code in RefusalCode.allCases {
      #expect(codes.contains { $0.contains("`\(code.rawValue)`") }, "\(code.rawValue)")
    }
  }
}
