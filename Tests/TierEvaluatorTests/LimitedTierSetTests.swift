import Contracts
import Foundation
import Loyalty
import Signing
import StreamTesting
import TestValues
import Testing
import TierEvaluator

/// Levels set by hand where an actor may set so many a day, and where commands must be signed.
@Suite(.timeLimit(.minutes(10))) struct LimitedTierSetTests {
  private func value(_ id: String, level: String = "gold") -> String {
    json {
      Command.tier(
        TierCommand(
          id: id, memberId: "M-1", level: level, until: time("2017-06-01"), occurredAt: time("2017-02-01"),
          actor: "ann", reason: "status match")
      ).encode(to: &$0)
    }
  }

  private func send(_ fixture: EvaluatorFixture, _ value: String, headers: [String: String] = [:]) {
    fixture.driver.publish(Topic.commands.name, key: "M-1", value: value, headers: headers)
  }

  private func questions(_ fixture: EvaluatorFixture) throws -> [Clearance] {
    try fixture.driver.values(of: Topic.clearances.name) { try Clearance(decoding: $0) }.filter { $0.stage == .asked }
  }

  private func answer(_ fixture: EvaluatorFixture, _ question: Clearance, isGranted: Bool) {
    let answer = question.answered(isGranted: isGranted)
    fixture.driver.publish(Topic.clearances.name, key: answer.key, value: json { answer.encode(to: &$0) })
  }

  @Test func aLevelIsAskedForOnceAndSetWhenThatIsGranted() throws {
    var settings = TierSettings()
    settings.tierSetsDayMax = 3
    let fixture = try EvaluatorFixture(settings: settings)
    defer { fixture.driver.close() }
    for _ in 0..<2 { send(fixture, value("C-1")) }
    try fixture.driver.run()
    try fixture.driver.restart(losingDisk: true)
    send(fixture, value("C-1"))
    try fixture.driver.run()
    let question = try #require(try questions(fixture).first)
    #expect(try questions(fixture).count == 1 && fixture.changes() == [])
    #expect(question.kind == .levelsSet && question.amount == 1 && question.most == 3 && question.actor == "ann")
    #expect(question.day.text == "2017-02-01" && question.service == .tierEvaluator)
    for _ in 0..<2 { answer(fixture, question, isGranted: true) }
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey gold 2017-02-01T12:00:00Z"])
    #expect(fixture.deadLetters().isEmpty)
  }

  @Test func anIdThatWaitsForItsAnswerStandsForOneLevel() throws {
    var settings = TierSettings()
    settings.tierSetsDayMax = 3
    let fixture = try EvaluatorFixture(settings: settings)
    defer { fixture.driver.close() }
    send(fixture, value("C-1"))
    send(fixture, value("C-1", level: "silver"))
    try fixture.driver.run()
    answer(fixture, try #require(try questions(fixture).first), isGranted: true)
    try fixture.driver.run()
    send(fixture, value("C-1", level: "silver"))
    try fixture.driver.run()
    #expect(
      fixture.deadLetters().map { $0.headers["dl_error"] } == ["conflicting-command", "conflicting-command"])
    #expect(try questions(fixture).count == 1 && fixture.changes() == ["M-1 journey gold 2017-02-01T12:00:00Z"])
  }

  @Test func aLevelTooManyIsADeadLetterAndWhatCannotBeSetIsNotAskedFor() throws {
    var settings = TierSettings()
    settings.tierSetsDayMax = 0
    let fixture = try EvaluatorFixture(settings: settings)
    defer { fixture.driver.close() }
    send(fixture, value("C-1", level: "platinum"))
    send(fixture, value("C-2"))
    try fixture.driver.run()
    #expect(try questions(fixture).map(\.command.id) == ["C-2"])
    answer(fixture, try #require(try questions(fixture).first), isGranted: false)
    try fixture.driver.run()
    #expect(fixture.deadLetters().map { $0.headers["dl_error"] } == ["unknown-level", "too-many-tier-sets"])
    #expect(try fixture.changes().isEmpty)
  }

  @Test func whereCommandsMustBeSignedNobodySetsALevelInAnothersName() throws {
    var settings = TierSettings()
    settings.requiresSignedCommands = true
    let fixture = try EvaluatorFixture(settings: settings)
    defer { fixture.driver.close() }
    let key = SigningKey.random()
    let signer = Signer(keyId: key.id, publicKey: key.publicKey, actor: "ann", publishedAt: time("2017-01-01"))
    fixture.driver.publish(Topic.commandKeys.name, key: key.id, value: json { signer.encode(to: &$0) })
    let value = value("C-1")
    let message = Array(value.utf8).withUnsafeBytes { value in
      Array("M-1".utf8).withUnsafeBytes { CommandSignature.message(topic: .commands, key: $0, value: value) }
    }
    send(fixture, value)
    fixture.tick(to: "2018-01-01")
    try fixture.driver.run()
    #expect(
      try fixture.changes().isEmpty && fixture.deadLetters().map { $0.headers["dl_error"] } == ["unsigned-command"])
    send(
      fixture, value,
      headers: [
        "stampede_key_id": key.id, "stampede_signature": Data(key.signature(of: message)).base64EncodedString(),
      ])
    try fixture.driver.run()
    #expect(try fixture.changes() == ["M-1 journey gold 2017-02-01T12:00:00Z"], "the unsigned tick moved nothing")
  }
}
