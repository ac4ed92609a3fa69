/// A consumer's handle of a topic, to tell topics apart by comparing one word. It holds while a partition of that topic
/// stays assigned; after a rebalance ask a message for it again, since another topic may have got the same word.
package struct TopicIdentity: Hashable {
  private let pointer: OpaquePointer?

  init(pointer: OpaquePointer?) {
    self.pointer = pointer
  }
}
