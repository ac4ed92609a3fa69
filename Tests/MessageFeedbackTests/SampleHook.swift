/// Bodies as providers send them.
enum SampleHook {
  static let mailgunKey = "key-of-the-account"

  static func ses(_ event: String) -> String {
    """
    {\(event),"mail":{"timestamp":"2026-11-22T06:05:00.000Z","source":"bounces+\(SampleMail.token)@example.com",
     "messageId":"0102018f-7a2c-000000","destination":["lan@example.com"],"headers":[{"name":"From","value":"x"}]}}
    """
  }

  static let sesBounce = ses(
    """
    "notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General",
     "timestamp":"2026-11-22T06:05:13.000Z","bouncedRecipients":[{"emailAddress":"lan@example.com","action":"failed",
     "status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}
    """)

  static func sns(_ message: String) -> String {
    let text = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return """
      {"Type":"Notification","MessageId":"1","TopicArn":"arn:aws:sns:eu-west-1:1:ses","Message":"\(text)"}
      """
  }

  static func sendGrid(_ fields: String) -> String {
    """
    [{"email":"lan@example.com","timestamp":1790000000,"sg_message_id":"abc.filter-1",\(fields),
      "stampede":"\(SampleMail.token)"}]
    """
  }

  /// Signed under `mailgunKey`.
  static func mailgun(_ fields: String) -> String {
    """
    {"signature":{"timestamp":"1790000000","token":"0123456789","signature":
     "\(mailgunSignature)"},
     "event-data":{"id":"CPgfbmQMTCKtHW6uIWtuVe","timestamp":1790000000.5,\(fields),
     "user-variables":{"stampede":"\(SampleMail.token)"},"recipient":"lan@example.com"}}
    """
  }

  /// `printf 17900000000123456789 | openssl dgst -sha256 -hmac key-of-the-account`
  static let mailgunSignature = "ea9e8bd225c3062750121972bb133297139635a7d4d08386ce24b2203543f21e"

  static let all = [
    sesBounce, sns(sesBounce), sendGrid("\"event\":\"bounce\",\"status\":\"5.1.1\""),
    mailgun("\"event\":\"failed\",\"severity\":\"permanent\""),
    "{\"type\":\"message.delivered\",\"token\":\"\(SampleMail.token)\"}", "token=\(SampleMail.token)&status=1&id=7",
  ]
}
