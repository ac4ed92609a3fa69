import Contracts
import Inquiry
import JSON
import Loyalty
import ServiceKit
import Signing

/// `loyalty keys publish PUBLIC-KEY`: from now on what is signed with it counts as its actor's.
enum KeysPublish: Subcommand {
  private static let publicKey = Setting.text(
    "public-key", help: "The public key, as `keys create` prints it (base64).")
  private static let actor = Setting.text(
    "actor", help: "Whose key it is: the only actor that commands under it may name.")
  private static let validFrom = Setting.text(
    "valid-from", placeholder: "INSTANT", help: "From when it counts in the workers' time, RFC 3339; left out: always."
  ).optional.flagOnly
  private static let validUntil = Setting.text(
    "valid-until", placeholder: "INSTANT", help: "Until when it counts, RFC 3339; left out: until it is revoked."
  ).optional.flagOnly

  static let command = CommandDeclaration(
    "publish", summary: "let what is signed with a key count as its actor's.", arguments: [publicKey],
    settings: [actor, validFrom, validUntil])

  static func run(_ context: CommandContext) throws -> ExitCode {
    let settings = context.settings
    guard let bytes = Signer.publicKey(base64: settings[publicKey]) else {
      throw ConfigurationError([
        settings.problem(publicKey, "is no public key: \(Signer.publicKeyBytes) bytes as base64")
      ])
    }
    let signer = Signer(
      keyId: SigningKey.id(of: bytes), publicKey: bytes, actor: settings[actor],
      publishedAt: Instant(milliseconds: LogOutput.wallClockMs()), validFrom: try settings.instant(validFrom),
      validUntil: try settings.instant(validUntil))
    if let from = signer.validFrom, let until = signer.validUntil, from >= until {
      throw ConfigurationError([settings.problem(validUntil, "is not after --valid-from: the key would never count")])
    }
    let published = try PublishedSigners.read(context.cluster)
    if let known = published.first(where: { $0.keyId == signer.keyId }) {
      guard known.revokedAt == nil else {
        throw CommandFailure("the key \(signer.keyId) was revoked, for good; make another one", exitCode: .refused)
      }
      guard known.actor == signer.actor else {
        throw CommandFailure(
          "the key \(signer.keyId) is that of \(known.actor); a key has one owner", exitCode: .refused)
      }
    }
    guard published.count < Signer.keysMax || published.contains(where: { $0.keyId == signer.keyId }) else {
      throw CommandFailure("as many keys are published as workers keep: \(Signer.keysMax)", exitCode: .refused)
    }
    try signer.publish(context.cluster)
    context.tell("The key \(signer.keyId) counts as that of \(signer.actor)", signer.json)
    return .done
  }
}

extension Signer {
  func publish(_ cluster: Cluster) throws {
    var writer = JSONWriter()
    encode(to: &writer)
    let records = try RecordWriter(cluster, topic: .commandKeys)
    defer { records.close() }
    try records.write(key: keyId, value: writer)
    try records.finish()
  }

  var json: JSONValue {
    .fields([
      "key": .string(keyId), "actor": .string(actor), "publishedAt": .instant(publishedAt),
      "validFrom": validFrom.map { .instant($0) }, "validUntil": validUntil.map { .instant($0) },
      "revokedAt": revokedAt.map { .instant($0) },
    ])
  }
}
