import Curl
import Foundation
import Loyalty
import Partners
import TestServers
import Testing

/// The library's own requests by libcurl to a server that speaks the partners' documents, faults included.
@Suite(.timeLimit(.minutes(10)), .enabled(if: TestServer.python != nil, Comment(rawValue: TestServer.missingPython)))
struct PartnerServerTests {
  private static let names = PartnerAccount.AdapterName.allCases

  @Test(arguments: names) func anOrderIsIssuedAndFoundByItsReference(name: PartnerAccount.AdapterName) throws {
    try TestOutbox.run(name) { outbox in
      try outbox.order("R-1", quantity: 2)
      #expect(outbox.told["R-1"]?.count == 1)
      guard case .issued(let vouchers)? = outbox.told["R-1"]?.first else {
        throw TestPartners.Unexpected(what: "\(outbox.told)")
      }
      #expect(vouchers.count == 2 && Set(vouchers.map(\.serial)).count == 2)
      let delivery = try #require(outbox.deliveries["R-1"])
      let answer = try outbox.send(outbox.adapter.status(delivery.reference))
      guard case .answered(_, let headers, _) = answer else { throw TestPartners.Unexpected(what: "\(answer)") }
      #expect(headers["content-type"] == "application/json")
      #expect(try outbox.calls() == ["issue ok", "status ok"])
    }
  }

  @Test func whatGotItSignsAndSealsIsReadWithTheKeys() throws {
    try TestOutbox.run(.gotIt, checksAnswers: true, isSealed: true) { outbox in
      try outbox.tell(#"{"flags": ["sealed"]}"#)
      try outbox.order("R-1")
      guard case .issued(let vouchers)? = outbox.told["R-1"]?.last else {
        throw TestPartners.Unexpected(what: "\(outbox.told)")
      }
      #expect(vouchers[0].code == "4000000001" && vouchers[0].link == "https://v-stg.gotit.vn/00000001")
      try outbox.order("R-2", product: "amount/200000")
      guard case .issued(let link)? = outbox.told["R-2"]?.last else {
        throw TestPartners.Unexpected(what: "\(outbox.told)")
      }
      #expect(link[0].code == nil && link[0].link == "https://v-stg.gotit.vn/00000002")
      for fault in ["unsigned", "wrong-signature"] {
        try outbox.tell(#"{"fault": "\#(fault)"}"#)
        try outbox.order(fault)
        #expect(outbox.told[fault]?.first == .inDoubt)
        guard case .issued? = outbox.told[fault]?.last else { throw TestPartners.Unexpected(what: "\(outbox.told)") }
      }
    }
  }

  /// Each fault: what the member's redemption is told, and how often the partner gave something.
  @Test(arguments: names) func everyFaultEndsInOneVoucherOrNone(name: PartnerAccount.AdapterName) throws {
    try TestOutbox.run(name) { outbox in
      for fault in ["lost-after", "half", "page", "lost-before", "down", "limit", "account"] {
        try outbox.tell(#"{"fault": "\#(fault)"}"#)
        try outbox.order(fault)
        guard case .issued? = outbox.told[fault]?.last else {
          throw TestPartners.Unexpected(what: "\(fault): \(outbox.told[fault] ?? []) \(try outbox.calls())")
        }
        let isSure = ["limit", "account"].contains(fault)
        #expect((outbox.told[fault]?.first == .inDoubt) == !isSure, "\(fault)")
      }
      try outbox.tell(#"{"fault": "out-of-stock"}"#)
      try outbox.order("none-left")
      let code = [.gotIt: "gotit-5003", .urBox: "urbox-220", .json: "json-out-of-stock"][name] ?? ""
      #expect(outbox.told["none-left"] == [.refused(.outOfStock(code))])
      #expect(try outbox.issuedThere().allSatisfy { $0.value == 1 })
      #expect(try outbox.reconciled().isEmpty)
    }
  }

  @Test(arguments: names) func aPartnerThatIsSlowerThanOneWaitsGivesOnce(name: PartnerAccount.AdapterName) throws {
    try TestOutbox.run(name, timeoutMs: 700) { outbox in
      try outbox.tell(#"{"fault": "slow", "seconds": 2}"#)
      try outbox.order("R-1")
      #expect(outbox.told["R-1"]?.first == .inDoubt)
      guard case .issued? = outbox.told["R-1"]?.last else { throw TestPartners.Unexpected(what: "\(outbox.told)") }
      #expect(try outbox.issuedThere() == ["R-1": 1])
    }
  }

  /// Orders under faults drawn by chance, at both kinds of calls.
  @Test(arguments: names) func aDayOfFaultsLosesNothingAndDoublesNothing(name: PartnerAccount.AdapterName) throws {
    let seed = ProcessInfo.processInfo.environment["STAMPEDE_SEED"].flatMap { UInt64($0) } ?? 1705
    var random = seed
    func draw(_ count: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % count
    }
    let faults = ["lost-after", "lost-before", "half", "page", "down", "error", "limit", "account", "out-of-stock"]
    try TestOutbox.run(name) { outbox in
      for number in 0..<40 {
        for kind in ["issue", "status"] where draw(3) > 0 {
          let fault = faults[draw(faults.count)]
          try outbox.tell(#"{"fault": "\#(fault)", "of": "\#(kind)", "times": \#(1 + draw(2))}"#)
        }
        try outbox.order("R-\(number)", quantity: name == .gotIt && number % 5 == 0 ? 3 : 1)
      }
      let there = try outbox.issuedThere()
      for (id, told) in outbox.told {
        let isIssued = if case .issued? = told.last { true } else { false }
        #expect(isIssued == (there[id] != nil), "seed \(seed): \(id): \(told)")
        #expect(there[id] ?? 1 == 1, "seed \(seed): \(id) was given \(there[id] ?? 0) times")
      }
      #expect(there.count > 10)
      #expect(try outbox.reconciled().isEmpty, "seed \(seed)")
    }
  }

  @Test(arguments: names) func keysAreTriedWithoutAnOrder(name: PartnerAccount.AdapterName) throws {
    try TestOutbox.run(name) { outbox in
      let answer = try outbox.send(outbox.adapter.trialQuestion)
      #expect(outbox.adapter.trialVerdict(answer).outcome == "not-known")
    }
    // With a key that the partner does not know Got It says so; the others sign no questions.
    try TestOutbox.run(name, keyFile: "stranger.pem") { outbox in
      let verdict = outbox.adapter.trialVerdict(try outbox.send(outbox.adapter.trialQuestion))
      #expect(verdict.outcome == (name == .gotIt ? "account" : "not-known"))
    }
  }

  @Test func aSignatureThatIsNotOursOrdersNothing() throws {
    for (name, code) in [(PartnerAccount.AdapterName.gotIt, "gotit-3003"), (.urBox, "urbox-213")] {
      try TestOutbox.run(name, keyFile: "stranger.pem") { outbox in
        let call = try TestPartners.issueCall(TestPartners.order(name), outbox.adapter)
        let answer = try outbox.send(try #require(outbox.adapter.issue(call)))
        #expect(outbox.adapter.verdict(answer, to: call) == .account(code: code))
        #expect(try outbox.issuedThere().isEmpty)
      }
    }
  }

  @Test(arguments: names) func catalogueAndStatementAreRead(name: PartnerAccount.AdapterName) throws {
    try TestOutbox.run(name) { outbox in
      let page = try #require(outbox.adapter.catalogue(try outbox.send(outbox.adapter.cataloguePage(1))))
      #expect(page.pages == 1 && page.elements.count == (name == .gotIt ? 3 : 2))
      let first = try #require(page.elements.first)
      #expect(first.product == TestPartners.products[name] && first.price ?? 0 > 0 && first.stores ?? 0 > 0)
      #expect(page.elements.last?.stock == (name == .gotIt ? .untold : .out))
      try outbox.order("R-1", quantity: 2)
      guard let request = outbox.adapter.statement(of: TestPartners.day, page: 1) else {
        return #expect(name == .gotIt)
      }
      let statement = try #require(outbox.adapter.statement(try outbox.send(request)))
      #expect(statement.elements.map(\.reference) == ["R-1"] && statement.elements[0].vouchers == 2)
    }
  }
}
