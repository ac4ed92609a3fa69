/// Kannel's `sendsms`, by POST: log-in in headers, never in a URL.
enum KannelDocument {
  static let text = #"""
    {
      "name": "kannel",
      "title": "Kannel",
      "source": [
        "Kannel 1.4.5 of Debian 12, smsbox and fakesmsc: Tests/System/test_kannel.py",
        "https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html (X-Kannel headers)"
      ],
      "note": "403 is a log-in that is not taken. Reports of state 2 do not say whether for good: they are undelivered.",
      "url": "{{url}}",
      "method": "POST",
      "headers": {
        "X-Kannel-Username": "{{user}}",
        "X-Kannel-Password": "{{password}}",
        "X-Kannel-To": "{{to}}",
        "X-Kannel-From": "{{from}}",
        "X-Kannel-Coding": "{{encoding}}",
        "X-Kannel-DLR-Mask": "{{callbackUrl?19}}",
        "X-Kannel-DLR-Url": "{{callbackUrlWithId}}&state=%d&messageId=%F"
      },
      "authentication": {"kind": "headers"},
      "body": {"text": "{{text}}"},
      "numbers": {"form": "e164"},
      "encodings": {"gsm-7": "0", "ucs-2": "2"},
      "idempotency": "none",
      "statuses": {"403": "account"},
      "callback": {
        "id": "id",
        "messageId": "messageId",
        "code": "state",
        "states": [
          {"when": [{"at": "state", "in": ["1"]}], "is": "delivered"},
          {"when": [{"at": "state", "in": ["2", "16"]}], "is": "undelivered"},
          {"when": [{"at": "state", "in": ["4", "8"]}], "is": "passing"}
        ]
      }
    }
    """#
}
