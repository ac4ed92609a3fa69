import Contracts
import StreamRuntime

/// The stores of messages on their way: one a channel and class, so that each has its rows in the order in which they
/// are due, and the first of a class is found without reading those of another.
struct MessageLanes {
  struct Lane {
    let channel: Consent.Channel
    let messageClass: MessageClass
    let store: Store<MessageKey, MessageRow>
  }

  let all: [Lane]

  init(_ context: ProcessorContext) throws {
    let stores: [(Consent.Channel, MessageClass, StoreDefinition<MessageKey, MessageRow>)] = [
      (.email, .service, NotifierTopology.messages), (.sms, .service, NotifierTopology.smsMessages),
      (.email, .security, NotifierTopology.securityMessages), (.sms, .security, NotifierTopology.securitySMSMessages),
      (.email, .marketing, NotifierTopology.marketingMessages),
      (.sms, .marketing, NotifierTopology.marketingSMSMessages),
    ]
    all = try stores.map { Lane(channel: $0, messageClass: $1, store: try context.store($2)) }
  }

  subscript(channel: Consent.Channel) -> [Store<MessageKey, MessageRow>] {
    all.compactMap { $0.channel == channel ? $0.store : nil }
  }

  subscript(channel: Consent.Channel, messageClass: MessageClass) -> Store<MessageKey, MessageRow> {
    guard let lane = all.first(where: { $0.channel == channel && $0.messageClass == messageClass }) else {
      preconditionFailure("every channel has a lane for each class")
    }
    return lane.store
  }
}
