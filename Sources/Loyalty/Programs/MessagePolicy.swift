/// What a programme says of telling its members. What it leaves out is as the notifier has it (`docs/messages.md`).
package struct MessagePolicy: Equatable, Sendable {
  /// Names of channels, the one that is tried first before the others; those that are left out come after them.
  package var channels: [String] = []
  package var security = ClassRules()
  package var service = ClassRules()
  package var marketing = ClassRules()
  /// Whether marketing begins with `[QC]` or `[AD]`.
  package var label = Label.shown
  /// By the name that `loyalty.notifications` has for them.
  package var templates: [String: TemplateRules] = [:]
  /// Messages that members get only where they are named here.
  package var told: Set<String> = []

  package enum Label: String, Sendable, CaseIterable { case shown, none }

  /// Of the messages of one class.
  package struct ClassRules: Equatable, Sendable {
    /// How long a message may wait before it is given up.
    package var validHours: Int?
    package var email = ChannelRules()
    package var sms = ChannelRules()
    package var push = ChannelRules()

    package init(
      validHours: Int? = nil, email: ChannelRules = ChannelRules(), sms: ChannelRules = ChannelRules(),
      push: ChannelRules = ChannelRules()
    ) {
      self.validHours = validHours
      self.email = email
      self.sms = sms
      self.push = push
    }
  }

  package struct ChannelRules: Equatable, Sendable {
    package var quiet: QuietHours?
    /// Messages of the class a day and member.
    package var perDay: Int?

    package init(quiet: QuietHours? = nil, perDay: Int? = nil) {
      self.quiet = quiet
      self.perDay = perDay
    }
  }

  package struct TemplateRules: Equatable, Sendable {
    /// Marketing, though by itself it is service.
    package var isMarketing: Bool
    /// What a day brings is told in one message, at this time of day, in minutes.
    package var digestAt: Int?

    /// Of what is told ahead, so far as the programme says it.
    package var daysAhead: Int?
    package var gatherDays: Int?

    package init(isMarketing: Bool = false, digestAt: Int? = nil, daysAhead: Int? = nil, gatherDays: Int? = nil) {
      self.isMarketing = isMarketing
      self.digestAt = digestAt
      self.daysAhead = daysAhead
      self.gatherDays = gatherDays
    }
  }

  /// When members are told of what is to come.
  package struct Ahead: Equatable, Sendable {
    /// Before the last whole day.
    package var daysAhead: Int
    /// What comes to an end within so many days after the first is told with it.
    package var gatherDays: Int

    package init(daysAhead: Int, gatherDays: Int) {
      self.daysAhead = daysAhead
      self.gatherDays = gatherDays
    }
  }

  package static let daysAheadMax = 90
  package static let gatherDaysMax = 31

  package init() {}
}
