/// Zalo Notification Service: messages by templates that Zalo has approved, to the Zalo account of a phone number.
enum ZaloZNSDocument {
  static let text = #"""
    {
      "name": "zalo-zns",
      "title": "Zalo Notification Service (ZNS)",
      "source": [
        "https://developers.zalo.me/docs/zalo-notification-service/gui-tin-zns/gui-zns",
        "https://zalo.cloud/zns/guidelines/handle-error-code"
      ],
      "note": "Not tried with an account. Codes that are not listed count as retry. -115, -126 and -137 are money; -147 is the quota of one template and may hold a message for a day.",
      "url": "{{url}}/message/template",
      "defaultUrl": "https://business.openapi.zalo.me",
      "method": "POST",
      "headers": {"access_token": "{{password}}"},
      "authentication": {"kind": "headers"},
      "body": {
        "json": {
          "phone": "{{to}}",
          "template_id": "{{template}}",
          "template_data": "{{parameters}}",
          "tracking_id": "{{id}}"
        }
      },
      "numbers": {"form": "digits"},
      "idempotency": "none",
      "success": [[{"at": "/error", "in": ["0"]}]],
      "messageId": "/data/msg_id",
      "code": "/error",
      "codes": {
        "-100": "retry",
        "-101": "account",
        "-102": "account",
        "-103": "account",
        "-104": "account",
        "-105": "account",
        "-106": "account",
        "-108": "address",
        "-109": "message",
        "-110": "address",
        "-111": "message",
        "-112": "message",
        "-113": "message",
        "-114": "address",
        "-115": "account",
        "-116": "message",
        "-117": "message",
        "-118": "address",
        "-119": "address",
        "-120": "account",
        "-121": "message",
        "-122": "message",
        "-124": "account",
        "-125": "account",
        "-126": "account",
        "-127": "message",
        "-130": "message",
        "-131": "message",
        "-132": "message",
        "-133": "retry",
        "-134": "address",
        "-135": "account",
        "-136": "account",
        "-137": "account",
        "-138": "account",
        "-139": "address",
        "-140": "address",
        "-141": "address",
        "-144": "quota",
        "-145": "message",
        "-146": "message",
        "-147": "retry",
        "-1351": "account"
      },
      "quotaEnds": {"midnightAt": "+07:00"},
      "callback": {
        "id": "/message/tracking_id",
        "messageId": "/message/msg_id",
        "states": [{"when": [{"at": "/event_name", "in": ["user_received_message"]}], "is": "delivered"}]
      }
    }
    """#
}
