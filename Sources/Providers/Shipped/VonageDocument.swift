/// Vonage's SMS API.
enum VonageDocument {
  static let text = #"""
    {
      "name": "vonage",
      "title": "Vonage SMS API",
      "source": [
        "https://developer.vonage.com/messaging/sms/guides/troubleshooting-sms",
        "https://developer.vonage.com/api-errors/sms",
        "https://developer.vonage.com/messaging/sms/guides/delivery-receipts",
        "https://developer.vonage.com/messaging/sms/code-snippets/send-an-sms-with-unicode (log-in by Basic)",
        "https://github.com/Nexmo/api-specification definitions/sms.yml at 19ce342588c321c17fea8ae8465326bcf2db6c42"
      ],
      "note": "Not tried with an account. Of a long text the first part's status counts. err-code is told, not judged.",
      "url": "{{url}}/sms/json",
      "defaultUrl": "https://rest.nexmo.com",
      "method": "POST",
      "authentication": {"kind": "basic"},
      "body": {
        "form": {
          "from": "{{from}}",
          "to": "{{to}}",
          "text": "{{text}}",
          "type": "{{encoding}}",
          "client-ref": "{{id}}",
          "callback": "{{callbackUrlWithId}}"
        }
      },
      "numbers": {"form": "digits"},
      "encodings": {"gsm-7": "text", "ucs-2": "unicode"},
      "idempotency": "none",
      "success": [[{"at": "/messages/0/status", "in": ["0"]}]],
      "messageId": "/messages/0/message-id",
      "code": "/messages/0/status",
      "codes": {
        "1": "retry",
        "2": "account",
        "3": "message",
        "4": "account",
        "5": "retry",
        "6": "address",
        "7": "address",
        "8": "account",
        "9": "account",
        "10": "retry",
        "11": "account",
        "12": "message",
        "14": "account",
        "15": "account",
        "22": "address",
        "23": "account",
        "29": "account",
        "32": "account",
        "33": "address"
      },
      "callback": {
        "id": "id",
        "messageId": "messageId",
        "code": "err-code",
        "states": [
          {"when": [{"at": "status", "in": ["delivered"]}], "is": "delivered"},
          {"when": [{"at": "status", "in": ["expired", "failed", "rejected", "unknown"]}], "is": "undelivered"},
          {"when": [{"at": "status", "in": ["accepted", "buffered"]}], "is": "passing"}
        ]
      }
    }
    """#
}
