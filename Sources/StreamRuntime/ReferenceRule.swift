/// What a service takes of a reference topic, and how much of it a thread keeps in memory.
package struct ReferenceRule: Sendable {
  package enum Judgement {
    /// Of too many those of the lowest ranks are kept, and of one rank those with the lowest keys: in whatever order
    /// they came, so that all who read the topic agree.
    ///
    /// - Parameter holding: what is kept as long as the record is.
    case kept(rank: Int64, holding: AnyObject? = nil)
    /// It counts for nobody, and takes the place of no other record.
    ///
    /// - Parameter reason: for the operator; nil: that was told before.
    case leftOut(reason: String?)
  }

  /// Keys of records that count, and bytes of these.
  package let recordsMax: Int
  package let bytesMax: Int
  package let judge: @Sendable (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Judgement

  package init(
    recordsMax: Int, bytesMax: Int,
    judge: @escaping @Sendable (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Judgement
  ) {
    self.recordsMax = recordsMax
    self.bytesMax = bytesMax
    self.judge = judge
  }

  /// Takes whatever there is.
  static let none = ReferenceRule(recordsMax: .max, bytesMax: .max) { _, _ in .kept(rank: 0) }
}
