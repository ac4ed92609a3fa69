/// Messages of one class that a cycle has taken up, in the room that it reserved for them.
final class SendBatch {
  let slots: SendSlots
  private(set) var jobs: [SendJob] = []

  init(_ slots: SendSlots) { self.slots = slots }

  var room: Int { slots.count - jobs.count }

  func add(_ job: SendJob) { jobs.append(job) }

  func callBack(_ key: MessageKey) { jobs.removeAll { $0.key == key } }
}
