import Inquiry

/// Why a message was not sent, for people, and what they do about it. Codes of mail servers and gateways stand for
/// themselves.
package enum OutcomeWords {
  package static let ofReason: [String: String] = [
    "no-consent": "the member has not agreed to messages of this kind by this channel",
    "not-confirmed":
      "the member was asked to confirm marketing by this channel (double opt-in) and has not done so yet",
    "preference-off": "the member has switched messages of this topic off; `loyalty preferences show` says when",
    "suppressed-bounced": "mail to this contact came back for good; `loyalty suppressions remove` once it is mended",
    "suppressed-soft-bounced":
      "mail to this contact came back too often; `loyalty suppressions remove` once it is mended",
    "suppressed-complained": "whoever has this contact has complained of a message",
    "suppressed-opted-out": "whoever has this contact wants no more messages there",
    "suppressed-by-hand": "an operator has put this contact on the list; `loyalty suppressions find` says who",
    "no-address": "the profile has no address for this channel",
    "no-profile": "the member has no profile; send one on loyalty.members",
    "member-closed": "the member's profile is closed",
    "channel-not-configured":
      "the notifier was given no server for this channel (--smtp-url, --sms-url, --fcm-service-account)",
    "address-unusable": "nothing can be written to the e-mail address; correct the profile",
    "smtputf8-not-offered": "the address has other letters than ASCII, which the mail server does not take",
    "phone-not-mobile": "the number is a landline, or of no mobile network; correct the profile",
    "phone-unusable": "the number has too few digits or too many; correct the profile",
    "sms-too-long": "the text takes more than --sms-segments-max segments",
    "zns-no-template": "it was tried by Zalo, and --zns-templates has no template for it any more; look there",
    "push-no-device": "its devices left the profile before one of them took it",
    "fcm-unregistered": "the app is gone from the devices, or their tokens have ended; the app must hand in new ones",
    "fcm-no-answer": "Firebase fell silent over it; nobody knows whether it arrived",
    "stale": "it happened longer ago than --announce-within-days",
    "too-late": "it would have gone only after its time: quiet hours or a server were in the way",
    "daily-cap":
      "the member had as many messages of this class that day as may be, and the next day was too late for it",
    "no-opt-out":
      "it is marketing, and no setting says how members leave it by this channel (--preferences-url, --sms-opt-out)",
    "in-digest": "the day's summary tells it",
    "told-together": "the message of another programme about the same purchase tells it",
    "no-points": "in the end the booking gave no points",
    "booking-incomplete": "an entry of the booking did not come; look at `loyalty dead-letters list notifier`",
    "program-unknown": "the programme's document is not on loyalty.programs; publish it",
    "message-unsafe": "the message would break a rule of e-mail; tell the developers",
    "worker-interrupted": "the notifier ended while it was being sent; nobody knows whether it arrived",
    "smtp-no-answer": "the mail server fell silent over it; nobody knows whether it arrived",
    "gateway-no-answer": "the SMS gateway fell silent over it; nobody knows whether it arrived",
  ]

  /// `code: words` where there are words.
  static func told(_ reason: String) -> String { ofReason[reason].map { "\(reason): \($0)" } ?? reason }
}
