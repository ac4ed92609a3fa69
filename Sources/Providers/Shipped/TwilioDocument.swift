/// Twilio's Messages resource.
enum TwilioDocument {
  static let text = #"""
    {
      "name": "twilio",
      "title": "Twilio Programmable Messaging",
      "source": [
        "https://www.twilio.com/docs/messaging/api/message-resource",
        "https://www.twilio.com/docs/messaging/guides/track-outbound-message-status",
        "https://www.twilio.com/docs/api/errors/21610",
        "https://www.twilio.com/docs/api/errors/21614",
        "https://www.twilio.com/docs/api/errors/21635",
        "https://www.twilio.com/docs/api/errors/30006",
        "https://www.twilio.com/docs/api/errors/63017",
        "https://www.twilio.com/docs/api/errors/63038"
      ],
      "note": "Not tried with an account. Codes without a page above were found in other texts; Twilio changes codes.",
      "url": "{{url}}/2010-04-01/Accounts/{{account}}/Messages.json",
      "defaultUrl": "https://api.twilio.com",
      "method": "POST",
      "authentication": {"kind": "basic"},
      "body": {
        "form": {
          "To": "{{to}}",
          "From": "{{from}}",
          "Body": "{{text}}",
          "StatusCallback": "{{callbackUrlWithId}}"
        }
      },
      "numbers": {"form": "e164"},
      "idempotency": "none",
      "messageId": "/sid",
      "code": "/code",
      "codes": {
        "20003": "account",
        "20429": "retry",
        "21211": "address",
        "21212": "account",
        "21408": "address",
        "21606": "account",
        "21608": "account",
        "21610": "address",
        "21612": "address",
        "21614": "address",
        "21635": "address",
        "63017": "retry",
        "63038": "quota"
      },
      "quotaEnds": {"afterMinutes": 60},
      "callback": {
        "id": "id",
        "messageId": "MessageSid",
        "code": "ErrorCode",
        "states": [
          {"when": [{"at": "MessageStatus", "in": ["delivered", "read"]}], "is": "delivered"},
          {"when": [{"at": "ErrorCode", "in": ["21610"]}], "is": "opted-out"},
          {"when": [{"at": "ErrorCode", "in": ["21211", "21614", "21635", "30006"]}], "is": "bounced"},
          {"when": [{"at": "MessageStatus", "in": ["undelivered", "failed", "canceled"]}], "is": "undelivered"},
          {
            "when": [{"at": "MessageStatus", "in": ["accepted", "scheduled", "queued", "sending", "sent"]}],
            "is": "passing"
          }
        ]
      }
    }
    """#
}
