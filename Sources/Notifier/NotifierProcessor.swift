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
  private let templates: TemplateShelf
  private let pauses: PauseShelf
  private let news: NewsDesk
  private let members: MemberDesk
  private let outlooks: OutlookDesk
  private let requests: OperatorDesk
  private let preferences: PreferenceDesk
  private let sending: [SendingDesk]
  private let book: MessageBook
  private let pools: SenderPools
  private let erased: ErasedMembers
  private let list: SuppressionList
  private let feedback: FeedbackDesk

  init(
    _ context: ProcessorContext, _ publisher: EventPublisher, _ settings: NotifierSettings, _ pools: SenderPools
  ) throws {
    self.context = context
    self.publisher = publisher
    self.pools = pools
    let programs = ProgramShelf(context)
    self.programs = programs
    let templates = TemplateShelf(context)
    self.templates = templates
    let pauses = PauseShelf(context)
    self.pauses = pauses
    let list = SuppressionList(context, settings.feedback?.secret, settings.feedbackFigures)
    self.list = list
    let feedback = try FeedbackDesk(context, publisher, settings, list)
    self.feedback = feedback
    let book = try MessageBook(
      context, publisher, settings, feedback, CarrierChoice(settings, programs, templates))
    self.book = book
    erased = try ErasedMembers(context)
    sending = Carrier.allCases.map {
      SendingDesk(book, programs, templates, pauses, settings, pools, $0, partition: context.partition)
    }
    let news = NewsDesk(book, programs, settings)
    self.news = news
    preferences = PreferenceDesk(book, context, erased)
    outlooks = OutlookDesk(book, news, programs, context.clock)
    members = MemberDesk(book, news, outlooks, programs, sending, preferences)
    requests = OperatorDesk(book, programs, pauses, settings) { channel in
      pools[Carrier(channel)].view(of: context.partition, nowMs: book.nowMs).heldUntilMs != nil
    }
  }

  var shelves: [any Shelf] { [programs, templates, pauses, list] }

  var inputs: [ServiceInput] {
    [
      .events(.ledger, LedgerEntry.init(decoding:), unless: erased) { [news] in try news.process($0) },
      // A tier's tombstone says that the member was erased, which this service is told by a task of its own.
      .events(.tiers, TierChange.init(decoding:), tombstone: .ignored, unless: erased) { [news] in
        try news.process($0)
      },
      .events(.accounts, AccountStatement.init(decoding:), tombstone: .ignored, unless: erased) { [outlooks] in
        try outlooks.process($0)
      },
      .events(.claims, ClaimStatus.init(decoding:), unless: erased) { [news] in try news.process($0) },
      .envelopes(
        .members, MemberProfile.init(decoding:), tombstone: .deletes(members.forget, cleared: members.forget),
        on: context.clock, unless: erased, process: members.keep),
      .envelopes(
        .messageRequests, MessageRequest.init(decoding:), on: context.clock, unless: erased, process: requests.process),
      .envelopes(.preferenceRequests, PreferenceRequest.init(decoding:), process: preferences.process),
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
      .each(book.outlooks, outlooks.judge),
      erased.sweep,
    ]
  }

  func cycleCommitted() {
    for desk in sending { desk.cycleCommitted() }
    pools.ends.add(book.takeTally())
    feedback.cycleCommitted()
  }

  var wakeUpMs: Int64? {
    (sending.map(\.wakeUpMs) + [book.firstToForgetMs, feedback.wakeUpMs]).compactMap { $0 }.min()
  }

  var gauges: [Gauge] {
    Carrier.allCases.flatMap { carrier -> [Gauge] in
      let label = Gauge.Label("channel", carrier.rawValue)
      let ageMs = book.waitingSince(by: carrier).map { max(0, book.nowMs - $0.milliseconds) } ?? 0
      return [
        Gauge(
          "stampede_messages_waiting", "Messages that have no outcome yet.", book.waiting(for: carrier), label: label),
        Gauge(
          "stampede_messages_oldest_waiting_seconds", "Age of the oldest message whose turn is next, from its booking.",
          Int(ageMs / 1_000), labels: [label], whole: .largest),
      ]
    } + pauses.gauges
  }
}
