import Contracts
import Signing
import StreamRuntime

extension EventPublisher {
  /// Publishes a command that a service gives to another one, signed as an operator's. Its headers are the signature
  /// alone: what CloudEvents' would add is not signed, and whoever asks for signatures does not look at them.
  package func publish(_ command: Command, to output: Output, key recordKey: String, signedBy signer: SigningKey) {
    write(command)
    var recordKey = recordKey
    recordKey.withUTF8 {
      let key = UnsafeRawBufferPointer($0)
      let message = writer.withBytes { CommandSignature.message(topic: .commands, key: key, value: $0) }
      let signature = CommandSignature(keyId: signer.id, bytes: signer.signature(of: message))
      outbox.begin(topic: output.index, partition: output.partition, key: key)
      outbox.header(CommandSignature.keyIdHeader, signature.keyId)
      outbox.header(CommandSignature.signatureHeader, signature.base64)
      traceparent?.withBytes { outbox.header(TraceParent.header, $0) }
      writer.withBytes { outbox.end(value: $0) }
    }
  }
}
