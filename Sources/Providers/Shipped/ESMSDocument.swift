/// eSMS.vn, for messages of customer care under a brand name.
enum ESMSDocument {
  static let text = #"""
    {
      "name": "esms",
      "title": "eSMS.vn",
      "source": [
        "https://developers.esms.vn/en/esms-api/send-sms-api/send-otp-customer-care-message",
        "https://developers.esms.vn/en/esms-api/table-of-error-codes",
        "https://developers.esms.vn/en/esms-api/callback-url",
        "https://github.com/devesms/gitbook_esms_for_develop_v2_en at 3032107964a78a5695e2be1a0d8c9c2e92512f57"
      ],
      "note": "Not tried with an account. What 124 tells of a message whose first request was refused is not documented.",
      "url": "{{url}}/MainService.svc/json/SendMultipleMessage_V4_post_json/",
      "defaultUrl": "https://rest.esms.vn",
      "method": "POST",
      "authentication": {"kind": "body"},
      "body": {
        "json": {
          "ApiKey": "{{user}}",
          "SecretKey": "{{password}}",
          "Phone": "{{to}}",
          "Content": "{{text}}",
          "Brandname": "{{from}}",
          "SmsType": "2",
          "IsUnicode": "{{encoding}}",
          "RequestId": "{{id}}",
          "CallbackUrl": "{{callbackUrl}}"
        }
      },
      "numbers": {"form": "national", "country": "84"},
      "encodings": {"gsm-7": "0", "ucs-2": "1"},
      "idempotency": "field",
      "success": [
        [{"at": "/CodeResult", "in": ["100"]}],
        [{"at": "/CodeResult", "in": ["124"]}, {"at": "/SendStatus", "in": ["1", "2", "5", "7"]}]
      ],
      "messageId": "/SMSID",
      "code": "/CodeResult",
      "codes": {
        "99": "address",
        "101": "account",
        "102": "account",
        "103": "account",
        "104": "account",
        "108": "address",
        "118": "account",
        "120": "message",
        "124": "policy",
        "140": "account",
        "146": "policy",
        "160": "retry",
        "177": "message",
        "300": "account"
      },
      "callback": {
        "id": "RequestId",
        "messageId": "SMSID",
        "code": "SendStatus",
        "states": [
          {"when": [{"at": "SendStatus", "in": ["5"]}, {"at": "SendSuccess", "in": ["1"]}], "is": "delivered"},
          {"when": [{"at": "SendStatus", "in": ["4", "5"]}], "is": "undelivered"},
          {"when": [{"at": "SendStatus", "in": ["1", "2", "7"]}], "is": "passing"}
        ]
      }
    }
    """#
}
