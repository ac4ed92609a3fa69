import Contracts
import JSON
import Loyalty
import StreamTesting
import Testing
import TransactionIngest

@Suite(.timeLimit(.minutes(10))) struct EnrolmentTests {
  private static let stranger = "{\"phone\":\"0901234567\"}"

  @Test func manyKeptPurchasesAreHandedOutOverSeveralCycles() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    let count = 1_500
    for number in 0..<count { ingest.send(IngestFixture.purchase(id: "P-\(number)", member: Self.stranger)) }
    try ingest.driver.run()
    ingest.enrol("M-7", phone: "+84901234567")
    var offered = 0
    var largest = 0
    var restarts = 0
    while true {
      let committed = try ingest.driver.step()
      let now = try ingest.lookups("purchase.enrolled")
      largest = max(largest, now - offered)
      if now > offered, now < count, restarts < 2 {
        restarts += 1
        try ingest.driver.restart(losingDisk: true)
      } else if !committed, now == count {
        break
      }
      offered = now
    }
    // A cycle takes up to 1,000 for a contact that came, and up to its own limit of 100 by timer.
    #expect(largest <= 1_100 && restarts == 2)
    try ingest.driver.run()
    let booked = try ingest.transactions()
    #expect(booked.count == count && Set(booked.map(\.id)).count == count)
    #expect(booked.allSatisfy { $0.memberId == "M-7" })
    #expect(try ingest.claimStatuses().count == count)
  }

  @Test func whoGivesTheContactUpIsOfferedNothingMore() throws {
    let ingest = try IngestFixture()
    defer { ingest.driver.close() }
    let count = 2_600
    for number in 0..<count { ingest.send(IngestFixture.purchase(id: "P-\(number)", member: Self.stranger)) }
    try ingest.driver.run()
    ingest.enrol("M-7", phone: "+84901234567")
    while try ingest.lookups("purchase.enrolled") == 0 { try ingest.driver.step() }
    ingest.driver.publish("loyalty.members", key: "M-7", value: nil)
    try ingest.driver.run()
    let offered = try ingest.lookups("purchase.enrolled")
    #expect(offered < count)
    // The rest is still there, for whoever has the phone next.
    ingest.enrol("M-8", phone: "+84901234567")
    try ingest.driver.run()
    #expect(try ingest.transactions().count == count)
    #expect(try ingest.transactions().count { $0.memberId == "M-7" } == offered)
  }

  // MARK: Contacts of many

  @Test func contactOfMoreThanSixteenFindsNobodyUntilThoseBeyondHaveGivenItUp() throws {
    let ingest = try IngestFixture(partitionCount: 3)
    defer { ingest.driver.close() }
    let members = (1...20).map { "M-\($0)" }
    for member in members { ingest.enrol(member, phone: "+84901234567") }
    try ingest.driver.run()
    var number = 0
    func codeOfAPurchase() throws -> String? {
      number += 1
      ingest.send(IngestFixture.purchase(id: "P-\(number)", member: Self.stranger))
      try ingest.driver.run()
      return try ingest.rejections().first { $0["originalId"]?.string == "P-\(number)" }?["code"]?.string
    }
    #expect(try codeOfAPurchase() == "several-members")
    // One of the sixteen is left, and the four beyond: still nobody can tell. A frozen member changes no count.
    ingest.enrol("M-20", phone: "+84901234567", status: "frozen", at: "2026-02-01T00:00:00Z")
    for member in members[1..<16] { ingest.enrol(member, at: "2026-02-01T00:00:00Z") }
    try ingest.driver.run()
    #expect(try codeOfAPurchase() == "several-members")
    try ingest.driver.restart(losingDisk: true)
    for member in members[16...] { ingest.driver.publish("loyalty.members", key: member, value: nil) }
    try ingest.driver.run()
    #expect(try codeOfAPurchase() == nil)
    #expect(try ingest.transactions().map(\.memberId) == ["M-1"])
    ingest.enrol("M-1", at: "2026-03-01T00:00:00Z")
    try ingest.driver.run()
    #expect(ingest.liveRows("contacts").isEmpty)
  }
}
