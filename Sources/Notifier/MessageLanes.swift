import StreamRuntime

/// The stores of messages on their way: one a carrier and class, so that each has its rows in the order in which they
/// are due, and the first of a class is found without reading those of another.
struct MessageLanes {
  struct Lane {
    let carrier: Carrier
    let messageClass: MessageClass
    let store: Store<MessageKey, MessageRow>
  }

  let all: [Lane]

  init(_ context: ProcessorContext) throws {
    let stores: [(Carrier, MessageClass, StoreDefinition<MessageKey, MessageRow>)] = [
      (.email, .service, NotifierTopology.messages), (.sms, .service, NotifierTopology.smsMessages),
      (.email, .security, NotifierTopology.securityMessages), (.sms, .security, NotifierTopology.securitySMSMessages),
      (.email, .marketing, NotifierTopology.marketingMessages),
      (.sms, .marketing, NotifierTopology.marketingSMSMessages),
      (.zns, .service, NotifierTopology.znsMessages), (.zns, .marketing, NotifierTopology.marketingZNSMessages),
      (.push, .service, NotifierTopology.pushMessages), (.push, .security, NotifierTopology.securityPushMessages),
      (.push, .marketing, NotifierTopology.marketingPushMessages),
    ]
    all = try stores.map { Lane(carrier: $0, messageClass: $1, store: try context.store($2)) }
  }

  subscript(carrier: Carrier) -> [Store<MessageKey, MessageRow>] {
    all.compactMap { $0.carrier == carrier ? $0.store : nil }
  }

  /// nil: security messages do not go by Zalo.
  subscript(carrier: Carrier, messageClass: MessageClass) -> Store<MessageKey, MessageRow>? {
    all.first { $0.carrier == carrier && $0.messageClass == messageClass }?.store
  }
}
