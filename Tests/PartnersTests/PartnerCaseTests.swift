import Curl
import Foundation
import JSON
import Loyalty
import Partners
import TestServers
import Testing

/// The cases of the field that concern partners, each with its source (GI: Got It's Biz API 4.0, apidocs-stg at
/// e84a2de).
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct PartnerCaseTests {
  /// GI: transactionRefId twice → 2008; 256 characters → 5011; without the prefix → 5012; amount 100,500 → refused.
  @Test func k43GotItsReferencesAndAmounts() throws {
    try TestOutbox.run(.gotIt) { outbox in
      let order = TestPartners.order(.gotIt)
      let delivery = try TestPartners.delivery(order, outbox.adapter)
      func verdict(_ delivery: PartnerDelivery) throws -> IssueVerdict {
        var delivery = delivery
        let call = try TestPartners.issueCall(&delivery, outbox.adapter)
        return outbox.adapter.verdict(try outbox.send(try #require(outbox.adapter.issue(call))), to: call)
      }
      #expect(try verdict(delivery).outcome == "issued")
      #expect(try verdict(delivery) == .exists(code: "gotit-2008"))
      #expect(try outbox.issuedThere() == ["R-1": 1])
      // The library makes no such references: rows that were written by hand have them.
      let long = String(repeating: "x", count: 249)
      #expect(try verdict(Self.changed(delivery, reference: "000742_" + long)) == .refused(code: "gotit-5011"))
      #expect(try verdict(Self.changed(delivery, reference: "R-1")) == .account(code: "gotit-5012"))
      #expect(
        PartnerDelivery.start(TestPartners.order(.gotIt, id: long), with: outbox.adapter)
          == .failure(.referenceTooLong))
      #expect(
        PartnerDelivery.start(TestPartners.order(.gotIt, product: "amount/100500"), with: outbox.adapter)
          == .failure(.productNotValid))
      let amounts = try TestPartners.delivery(
        TestPartners.order(.gotIt, id: "R-2", product: "amount/101000"), outbox.adapter)
      #expect(try verdict(amounts).outcome == "issued")
    }
  }

  private static func changed(_ delivery: PartnerDelivery, reference: String) throws -> PartnerDelivery {
    var members = try #require(delivery.json.members)
    for index in members.indices where members[index].key == "reference" {
      members[index].value = .string(reference)
    }
    return try #require(PartnerDelivery(json: .object(members)))
  }
}
