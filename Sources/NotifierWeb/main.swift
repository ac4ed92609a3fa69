import ServiceKit

WebProcess.run { settings, figures in
  // The web hooks, each behind a secret of its own.
  var hooks: [WebHook] = []
  if let secret = settings.smsSecret {
    let inbound = InboundSMS(
      lookupSecret: settings.lookupSecret, SMSConfirmations(), brand: settings.brand, figures,
      nowMs: LogOutput.wallClockMs)
    hooks.append(inbound.hook(secret: secret))
  }
  return hooks
}
