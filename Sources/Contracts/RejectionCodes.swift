/// What each code means and what to do about it, for the people who send events. `docs/rejections.md` is made of it.
extension ContractViolation.Code {
  package var meaning: String { explanation.meaning }
  package var remedy: String { explanation.remedy }

  private var explanation: (meaning: String, remedy: String) {
    switch self {
    case .emptyValue: ("The record has no value.", "Send the event as JSON.")
    case .tooLarge: ("The value is larger than 256 KiB.", "Split the purchase.")
    case .notUTF8: ("The bytes are not UTF-8.", "Encode the event in UTF-8.")
    case .notJSON: ("The text is not JSON, or goes on behind it.", "Send one JSON object a record.")
    case .nestedTooDeeply: ("Objects and lists lie too deep in each other.", "Leave out what is nested so deeply.")
    case .unsupportedEnvelope:
      (
        "This form of CloudEvents is not taken.",
        "Send plain JSON, or one CloudEvents 1.0 event a record."
      )
    case .unsupportedType: ("The type is none that this topic takes.", "Send one of the types that the message lists.")
    case .missingField: ("A field that every such event carries is missing.", "Send the field.")
    case .duplicateField: ("An object names a field twice.", "Send it once.")
    case .wrongKind:
      (
        "A field holds another kind of value than agreed.",
        "Send the kind of value that the schema names."
      )
    case .invalidText: ("A text is longer than 1024 bytes or holds control characters.", "Shorten it, or leave it out.")
    case .invalidId:
      (
        "An id has not 1 to 128 printable characters, or spaces around it.",
        "Send the id as the source system has it."
      )
    case .invalidInstant: ("Not an RFC 3339 date and time with an offset.", "Send it as 2026-11-22T13:04:41+07:00.")
    case .invalidValue: ("A value lies outside what is agreed.", "Send one that the message names.")
    case .inTheFuture:
      (
        "The event lies further ahead than a day (--future-tolerance-ms).",
        "Set the clock of the till, and send the event again under its id."
      )
    case .unknownCurrency:
      (
        "Not an ISO 4217 currency in capital letters, or none any more when the purchase was made.",
        "Send the currency's code, such as VND."
      )
    case .invalidAmount:
      (
        "Not a decimal number.",
        "Send it as \"12.50\": no group separators, a point before the decimals."
      )
    case .tooManyDecimals:
      (
        "The amount is written with more decimals than its currency has, zeros at its end among them.",
        "Round it where it is computed: VND has none, USD two; 45.000 is neither 45 nor 45,000."
      )
    case .amountOutOfRange: ("The amount is larger than an amount may be.", "Check the amount and the currency.")
    case .negativeAmount: ("An amount or a discount below 0.", "Send a purchase.returned for what came back.")
    case .invalidQuantity: ("Not a decimal number.", "Send it as 2 or \"0.350\".")
    case .negativeQuantity: ("A quantity below 0.", "Send a purchase.returned for what came back.")
    case .invalidPoints: ("Not a whole number of points within bounds.", "Send a whole number.")
    case .noLines:
      (
        "A purchase without lines (or with void ones only), or a return that names neither lines nor a refund.",
        "Send at least one line."
      )
    case .tooManyLines: ("More than 1,000 lines.", "Split the purchase.")
    case .invalidCard: ("Not a card number of 4 to 64 letters and digits.", "Send the number as it stands on the card.")
    case .invalidPhone: ("Not a phone number.", "Send it in E.164, or a Vietnamese number with its 0.")
    case .invalidEmail: ("Not an e-mail address.", "Send the address alone, without a name.")
    case .ambiguousMember: ("The member is named in more than one way.", "Send one of them; the id is the surest.")
    case .severalMembers:
      (
        "Several members share the card, phone or e-mail.",
        "Send the member's id or card under the same event id."
      )
    case .forwardingLoop:
      (
        "The member was merged into another one, and that one back.",
        "Have mergedInto mended in the profiles, then send the event again."
      )
    case .tooOld:
      (
        "The purchase lies further back than the programme takes purchases (intake.lateDays).",
        "Ask the programme's owner; support can adjust points by hand."
      )
    case .unknownProgramme:
      (
        "No programme of that id was published.",
        "Leave programId out to mean every programme, or have it published first."
      )
    case .currencyNotTaken:
      (
        "No programme that the purchase could count for takes the currency.",
        "Check the currency; else the purchase earns nothing anywhere and need not be sent."
      )
    case .conflictingDuplicate:
      (
        "The same source used the id for another event, which stands.",
        "Send this event under an id of its own."
      )
    case .purchaseNotFound:
      (
        "A return or cancellation that finds no member, and whose purchase never came without one.",
        "Name the member as the purchase did, and send the event again under its id."
      )
    case .totalMismatch:
      (
        "What a return tells as a whole is not what its parts sum to.",
        "Send lines as they were paid back, tax and shipping beside them, and the whole as their sum, or leave it out."
      )
    case .tooManyReturns:
      (
        "More returns of one purchase without a member than are kept: 100, or 384 KiB.",
        "Have the purchase claimed, then send the event again under its id."
      )
    }
  }
}
