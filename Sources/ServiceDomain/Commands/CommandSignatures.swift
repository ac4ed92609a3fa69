import Contracts
import Loyalty
import Signing
import StreamRuntime

/// Who may sign commands, as `loyalty.command-keys` holds it now, and whether a command is signed by whom it names.
///
/// Where signatures are not required the topic is not read, and none is looked at.
package final class CommandSignatures: Shelf {
  private let context: ProcessorContext
  /// nil: signatures are not required.
  private let keys: GlobalTable?
  private var signers: [String: Signer] = [:]
  private var version = 0

  package init(_ context: ProcessorContext, areRequired: Bool) {
    self.context = context
    keys = areRequired ? context.global(Topic.commandKeys.name) : nil
  }

  /// Takes in what was published since the last call.
  package func refresh() {
    guard let keys, keys.version != version else { return }
    keys.forEachChange(after: version, startingOver: { signers = [:] }) { key, document in
      signers[String(decoding: key, as: UTF8.self)] = document.flatMap { try? Signer(decoding: $0) }
    }
    version = keys.version
  }

  // MARK: Commands

  /// The command in a record that has a value. Where signatures are required, of the value alone: what CloudEvents
  /// headers would add is not signed.
  package func command(in record: InputRecord) throws(ContractViolation) -> Command {
    let value = record.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
    let areRequired = keys != nil
    let envelope = try EventEnvelope(value: value) { name in
      areRequired && "\(name)" != "content-type" ? nil : record.headers.header(name)
    }
    record.tellTraceparent(of: envelope)
    return try Command(decoding: envelope)
  }

  /// Throws why a command must not be carried out, where signatures are required.
  package func check(_ command: Command, _ record: InputRecord) throws(PoisonRecord) {
    guard keys != nil else { return }
    guard let signature = CommandSignature(header: { record.headers.header($0) }) else {
      throw PoisonRecord(
        code: "unsigned-command", "The command is not signed, and --require-signed-commands takes none that is not.")
    }
    // A worker's own clock: what the command itself says of its time is its sender's word.
    let now = Instant(milliseconds: context.clock.nowMs)
    guard let signer = signers[signature.keyId], signer.counts(at: now) else {
      throw PoisonRecord(
        code: "unknown-key", "The key that the command names is not published, not valid yet or any more, or revoked.")
    }
    guard command.actor == nil || command.actor == signer.actor else {
      throw PoisonRecord(code: "unknown-key", "The key that the command names is not that of its actor.")
    }
    let message = CommandSignature.message(
      topic: .commands, key: record.key, value: record.value ?? UnsafeRawBufferPointer(start: nil, count: 0))
    guard Ed25519.isValid(signature.bytes, of: message, by: signer.publicKey) else {
      throw PoisonRecord(code: "bad-signature", "The signature is not that of the key over this record.")
    }
  }
}

extension ServiceInput {
  /// Commands, signed where they must be; `check` is called by whoever carries a command out.
  package static func commands(
    _ signatures: CommandSignatures, process: @escaping (Command, _ check: () throws -> Void) throws -> Void
  ) -> ServiceInput {
    let tombstone = Tombstone.refused
    return ServiceInput(
      .commands,
      owner: { record in
        let command = try signatures.command(in: record)
        return command.keyMember.map { .member($0, isErased: false) } ?? .partition
      }, tombstone: tombstone
    ) { record in
      guard try tombstone.value(of: record) != nil else { return }
      let command = try signatures.command(in: record)
      if let memberId = command.keyMember { try record.checkKey(is: memberId) }
      try process(command) { try signatures.check(command, record) }
    }
  }
}
