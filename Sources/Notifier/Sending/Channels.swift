import Curl
import ServiceKit

/// The channels of one sender thread. Each may be missing: then its messages are not asked for in the first place.
package final class Channels: MessageSender {
  private let email: EmailChannel?
  private let sms: SMSChannel?
  private let zns: ZNSChannel?
  private let push: PushChannel?

  /// How to make them; the same for every thread.
  package struct Configuration: Sendable {
    package var smtp: SMTPClient.Configuration?
    package var gateway: SMSGateway?
    package var zns: ZNSGateway?
    package var push: PushGateway?
    /// Of all that are spoken to by HTTP.
    package var gatewayOptions: TransferOptions

    package init(
      smtp: SMTPClient.Configuration? = nil, gateway: SMSGateway? = nil, zns: ZNSGateway? = nil,
      push: PushGateway? = nil, gatewayOptions: TransferOptions = TransferOptions()
    ) {
      self.smtp = smtp
      self.gateway = gateway
      self.zns = zns
      self.push = push
      self.gatewayOptions = gatewayOptions
    }

    /// The same with one alone.
    package func only(_ carrier: Carrier) -> Configuration {
      Configuration(
        smtp: carrier == .email ? smtp : nil, gateway: carrier == .sms ? gateway : nil,
        zns: carrier == .zns ? zns : nil, push: carrier == .push ? push : nil, gatewayOptions: gatewayOptions)
    }
  }

  package init(_ configuration: Configuration) throws {
    email = try configuration.smtp.map { try EmailChannel($0) }
    sms = try configuration.gateway.map {
      try SMSChannel($0, configuration.gatewayOptions, nowMs: LogOutput.wallClockMs)
    }
    zns = try configuration.zns.map {
      try ZNSChannel($0, configuration.gatewayOptions, nowMs: LogOutput.wallClockMs)
    }
    push = try configuration.push.map { try PushChannel($0, configuration.gatewayOptions) }
  }

  package func send(_ message: OutgoingMessage) throws -> SendOutcome {
    let missing = SendReason(Suppression.notConfigured, "no server is configured for this channel")
    switch message {
    case .email(let mail): return try email?.send(mail) ?? .failed(missing)
    case .sms(let sms): return try self.sms?.send(sms) ?? .failed(missing)
    case .zns(let message): return try zns?.send(message) ?? .failed(missing)
    case .push(let message): return try push?.send(message) ?? .failed(missing)
    }
  }

  package func close() {
    email?.close()
    sms?.close()
    zns?.close()
    push?.close()
  }
}
