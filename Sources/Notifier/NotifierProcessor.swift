import Contracts
import Loyalty
import ServiceDomain
import StreamRuntime

/// The business of one partition: gives each record to the desk that answers it, and lets the sending desk work between
/// records.
///
/// Events become messages in the cycle that reads them. A message goes out after the cycle that marks it as being
/// attempted is committed, and its outcome is recorded by a later cycle, so no stream thread waits for a mail server.
final class NotifierProcessor: ServiceProcessor {
  private let context: ProcessorContext
  private let publisher: EventPublisher
  private let programs: ProgramShelf
  private let news: NewsDesk
  private let members: MemberDesk
  private let sending: [SendingDesk]
  private let book: MessageBook
  private let erased: ErasedMembers
  private let list: SuppressionList
  private let feedback: FeedbackDesk

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: NotifierSettings, _ pools: SenderPools
  ) throws {
    self.context = context
    self.publisher = publisher
    let programs = ProgramShelf(context)
    self.programs = programs
    let list = SuppressionList(context, settings.feedback?.secret, settings.feedbackFigures)
    self.list = list
    let feedback = try FeedbackDesk(context, publisher, settings, list)
    self.feedback = feedback
    let book = try MessageBook(context, publisher, settings, feedback)
    self.book = book
    erased = try ErasedMembers(context)
    sending = Consent.Channel.allCases.map {
      SendingDesk(book, programs, settings, pools, $0, partition: context.partition)
    }
    news = NewsDesk(book, settings)
    members = MemberDesk(book, sending, settings)
  }

  var shelves: [any Shelf] { [programs, list] }

  var inputs: [ServiceInput] {
    [
      .events(.ledger, LedgerEntry.init(decoding:), unless: erased) { [news] in try news.process($0) },
      // A tier's tombstone says that the member was erased, which this service is told by a task of its own.
      .events(.tiers, TierChange.init(decoding:), tombstone: .ignored, unless: erased) { [news] in
        try news.process($0)
      },
      .events(.claims, ClaimStatus.init(decoding:), unless: erased) { [news] in try news.process($0) },
      .envelopes(
        .members, MemberProfile.init(decoding:), tombstone: .deletes(members.forget, cleared: members.forget),
        on: context.clock, unless: erased, process: members.keep),
      ServiceInput(.feedback, process: feedback.process),
      .erasures(by: .notifier, context, erased, publisher, erase: members.erase),
    ]
  }

  /// Erasures alone wait for the task's clock: messages go by the machine's.
  var sweeps: [Sweep] {
    [
      Sweep { [book, feedback, sending] _, limit in
        for desk in sending { try desk.work() }
        try book.forgetTold(limit: limit)
        try feedback.forgetOld(limit: limit)
        return 0
      },
      erased.sweep,
    ]
  }

  func cycleCommitted() {
    for desk in sending { desk.cycleCommitted() }
    feedback.cycleCommitted()
  }

  var wakeUpMs: Int64? {
    (sending.map(\.wakeUpMs) + [book.firstToForgetMs, feedback.wakeUpMs]).compactMap { $0 }.min()
  }

  var gauges: [Gauge] {
    Consent.Channel.allCases.map { channel in
      Gauge(
        "stampede_messages_waiting", "Messages that have no outcome yet.", book.waiting(for: channel),
        label: .init("channel", channel.rawValue))
    }
  }
}
