/// A gateway of one's own, or one that can be told what to expect.
enum JSONGatewayDocument {
  static let text = #"""
    {
      "name": "json",
      "title": "A plain JSON gateway",
      "source": ["docs/providers.md"],
      "note": "The contract is this document: a gateway of your own is written to it.",
      "url": "{{url}}",
      "method": "POST",
      "headers": {"Authorization": "{{authorization}}"},
      "authentication": {"kind": "headers", "optional": true},
      "body": {
        "json": {
          "id": "{{id}}",
          "to": "{{to}}",
          "from": "{{from}}",
          "text": "{{text}}",
          "callbackUrl": "{{callbackUrl}}"
        }
      },
      "numbers": {"form": "e164"},
      "idempotency": {"header": "Idempotency-Key"},
      "messageId": "/id",
      "callback": {
        "id": "id",
        "messageId": "messageId",
        "code": "code",
        "states": [
          {"when": [{"at": "state", "in": ["delivered"]}], "is": "delivered"},
          {"when": [{"at": "state", "in": ["bounced"]}], "is": "bounced"},
          {"when": [{"at": "state", "in": ["undelivered"]}], "is": "undelivered"},
          {"when": [{"at": "state", "in": ["opted-out"]}], "is": "opted-out"},
          {"when": [{"at": "state", "in": ["accepted", "sent"]}], "is": "passing"}
        ]
      }
    }
    """#
}
