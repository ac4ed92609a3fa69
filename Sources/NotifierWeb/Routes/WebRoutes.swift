import HTTP

/// Everything that the world may call, in one table.
///
///     GET, POST  /u/{token}      a member's page; one click (RFC 8058)        PreferenceRoutes
///     …          each web hook   what other machines tell                     WebHook
package struct WebRoutes {
  package var preferences: PreferenceRoutes
  /// Whoever adds one adds it where `main.swift` lists them.
  package var hooks: [WebHook]
  package var publisher: any RecordPublisher

  package init(preferences: PreferenceRoutes, hooks: [WebHook], publisher: any RecordPublisher) {
    self.preferences = preferences
    self.hooks = hooks
    self.publisher = publisher
  }

  package var router: Router {
    var router = Router()
    router.get("/u/{token}") { [preferences] in preferences.show($0) }
    router.post("/u/{token}", bodyBytesMax: PreferenceRoutes.bodyBytesMax) { [preferences, publisher] in
      try preferences.change($0, publisher)
    }
    for hook in hooks {
      for method in hook.methods {
        router.on(method, hook.path, bodyBytesMax: hook.bodyBytesMax) { [publisher] request in
          try hook.door.admit(request)
          let heard = try hook.read(request)
          if !heard.records.isEmpty { try publisher.publish(heard.records) }
          return heard.answer()
        }
      }
    }
    return router
  }
}
