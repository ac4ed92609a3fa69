import Contracts
import Foundation
import JSON
import Loyalty
import PointsEngine
import Signing
import StreamTesting
import TestValues
import Testing

/// Where commands must be signed, nobody acts in another one's name.
@Suite(.timeLimit(.minutes(10))) struct SignedCommandTests {
  private let engine: Engine
  private let key = SigningKey.random()
  private let other = SigningKey.random()

  init() throws {
    var settings = PointsSettings()
    settings.requiresSignedCommands = true
    engine = try Engine(settings: settings, partitionCount: 3)
    publish(signer(key, "ann"))
    publish(signer(other, "bob"))
  }

  private func signer(_ key: SigningKey, _ actor: String) -> Signer {
    Signer(keyId: key.id, publicKey: key.publicKey, actor: actor, publishedAt: time("2017-01-01"))
  }

  private func publish(_ signer: Signer, under id: String? = nil) {
    engine.driver.publish(
      Topic.commandKeys.name, key: id ?? signer.keyId, value: json { signer.encode(to: &$0) })
  }

  private func value(_ id: String, actor: String? = "ann", member: String = "M-1") -> String {
    json {
      Command.member(
        MemberCommand(
          id: id, kind: .adjust(points: 5), memberId: member, occurredAt: time("2017-02-01"), actor: actor,
          reason: "sorry")
      ).encode(to: &$0)
    }
  }

  private func headers(
    _ value: String, by key: SigningKey, key recordKey: String? = "M-1", id: String? = nil
  ) -> [String: String] {
    let signed = Array(value.utf8).withUnsafeBytes { value in
      Array((recordKey ?? "").utf8).withUnsafeBytes {
        CommandSignature.message(topic: .commands, key: recordKey == nil ? nil : $0, value: value)
      }
    }
    return [
      "stampede_key_id": id ?? key.id,
      "stampede_signature": Data(key.signature(of: signed)).base64EncodedString(),
    ]
  }

  private func send(_ value: String, _ headers: [String: String], partition: Int32? = nil) {
    engine.driver.publish(Topic.commands.name, partition: partition, key: "M-1", value: value, headers: headers)
  }

  private var letters: [String?] {
    engine.driver.outputs("points-engine.dead-letters").map { $0.headers["dl_error"] }
  }

  @Test func whatItsActorSignedIsBookedWhereverItLies() throws {
    defer { engine.driver.close() }
    let own = engine.driver.log.partition(of: Array("M-1".utf8))
    for partition in 0..<Int32(3) {
      let value = value("A-\(partition)")
      send(value, headers(value, by: key), partition: (own + partition) % 3)
    }
    try engine.run()
    #expect(try engine.ledger() == Array(repeating: "points.adjusted 5", count: 3) && letters == [])
  }

  @Test func whatIsUnsignedForgedOrAnothersIsADeadLetter() throws {
    defer { engine.driver.close() }
    let signed = value("A")
    send(signed, [:])
    send(signed, ["stampede_key_id": key.id])
    send(value("B"), headers(signed, by: key))
    send(signed, headers(signed, by: other, id: key.id))
    send(signed, ["stampede_key_id": key.id, "stampede_signature": "AAAA"])
    send(signed, headers(signed, by: key, key: "M-2"))
    send(signed, headers(signed, by: other))
    send(signed, headers(signed, by: SigningKey.random()))
    try engine.run()
    #expect(try engine.entries().isEmpty)
    #expect(
      letters == [
        "unsigned-command", "unsigned-command", "bad-signature", "bad-signature", "bad-signature", "bad-signature",
        "unknown-key", "unknown-key",
      ])
  }

  @Test func aKeyCountsInItsTimeAndUntilItIsRevoked() throws {
    defer { engine.driver.close() }
    var late = signer(key, "ann")
    late.validFrom = time("2017-03-01")
    late.validUntil = time("2017-04-01")
    publish(late)
    func send(_ id: String, at instant: String) throws {
      let tick = json { Command.clockTick(id: "tick", to: time(instant)).encode(to: &$0) }
      for partition in 0..<Int32(3) {
        engine.driver.publish(
          Topic.commands.name, partition: partition, key: nil, value: tick,
          headers: headers(tick, by: other, key: nil))
      }
      try engine.run()
      let value = value(id)
      self.send(value, headers(value, by: key))
      try engine.run()
    }
    try send("early", at: "2017-02-28")
    try send("in time", at: "2017-03-01")
    var revoked = late
    revoked.revokedAt = time("2017-03-15")
    publish(revoked)
    try send("revoked", at: "2017-03-16")
    publish(late)
    try send("over", at: "2017-04-01")
    #expect(try engine.ledger() == ["points.adjusted 5"])
    #expect(letters == ["unknown-key", "unknown-key", "unknown-key"])
  }

  @Test func aKeyUnderAnotherKeysNameAndOneThatIsBrokenCountForNobody() throws {
    defer { engine.driver.close() }
    let third = SigningKey.random()
    publish(signer(third, "ann"), under: "another")
    engine.driver.publish(Topic.commandKeys.name, key: "broken", value: #"{"type":"command-key.published"}"#)
    let value = value("A")
    send(value, headers(value, by: third, id: "another"))
    send(value, headers(value, by: third, id: "broken"))
    try engine.run()
    #expect(letters == ["unknown-key", "unknown-key"])
  }

  /// Otherwise a signed command could be sent again under another id, which stands in a header.
  @Test func whatHeadersWouldAddToASignedValueDoesNotCount() throws {
    defer { engine.driver.close() }
    let whole = value("A")
    let bare = whole.replacing(#""id":"A","#, with: "")
    #expect(bare != whole)
    for id in ["first", "second"] {
      send(
        bare,
        headers(bare, by: key).merging([
          "ce_specversion": "1.0", "ce_id": id, "ce_type": "points.adjust", "ce_source": "x",
        ]) { $1 })
    }
    try engine.run()
    #expect(try engine.entries().isEmpty && letters == ["missing-field", "missing-field"])
  }

  @Test func aClockThatNobodySignedDoesNotMove() throws {
    defer { engine.driver.close() }
    engine.tick(to: "2017-06-01")
    try engine.run()
    #expect(letters == ["unsigned-command", "unsigned-command", "unsigned-command"])
  }

  @Test func whereSignaturesAreNotRequiredNoneIsLookedAt() throws {
    engine.driver.close()
    let open = try Engine()
    defer { open.driver.close() }
    open.driver.publish(
      Topic.commands.name, key: "M-1", value: value("A"),
      headers: ["stampede_key_id": "nobodys", "stampede_signature": "x"])
    try open.run()
    #expect(try open.ledger() == ["points.adjusted 5"])
  }
}
