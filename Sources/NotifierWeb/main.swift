import ServiceKit

WebProcess.run { settings, figures, log in
  // The web hooks, each behind a secret of its own.
  var hooks: [WebHook] = []
  if let secret = settings.smsSecret {
    let inbound = InboundSMS(
      lookupSecret: settings.lookupSecret, SMSConfirmations(), brand: settings.brand, figures,
      nowMs: LogOutput.wallClockMs)
    hooks.append(inbound.hook(secret: secret))
  }
  if let secrets = settings.feedback {
    let reports = FeedbackHooks(secrets, figures, nowMs: LogOutput.wallClockMs) { url in
      log.warning("SNS asks whether it may report here; open its address if you asked it to", ["address": url])
    }
    hooks += reports.all
  }
  return hooks
}
