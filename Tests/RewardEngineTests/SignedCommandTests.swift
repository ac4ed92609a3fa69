import Contracts
import Foundation
import RewardEngine
import Signing
import StreamTesting
import Testing

/// Where the points engine takes signed commands alone.
@Suite(.timeLimit(.minutes(10))) struct SignedCommandTests {
  @Test func itsCommandsAreSignedWithItsKey() throws {
    let signer = SigningKey.random()
    let fixture = try RewardFixture(signer: signer)
    defer { fixture.driver.close() }
    fixture.redeem("r-1")
    try fixture.run()
    #expect(try fixture.status("r-1")?.state == .issued)
    let command = try #require(fixture.driver.outputs(Topic.commands.name).first)
    #expect(command.headers["stampede_key_id"] == signer.id)
    let signature = try #require(Data(base64Encoded: command.headers["stampede_signature"] ?? ""))
    let (key, value) = (Array((command.key ?? "").utf8), Array((command.value ?? "").utf8))
    let message = key.withUnsafeBytes { key in
      value.withUnsafeBytes { CommandSignature.message(topic: .commands, key: key, value: $0) }
    }
    #expect(Ed25519.isValid(Array(signature), of: message, by: signer.publicKey))
  }
}
