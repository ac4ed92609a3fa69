import Contracts
import Loyalty
import Testing

/// The worked examples of the pages in `topics/examples/`, computed by hand there.
@Suite(.timeLimit(.minutes(10))) struct ExampleProgrammeTests {
  @Test func everyExampleDecodesAndHasAPage() throws {
    let names = try TopicFolder.files(in: "examples").keys.sorted()
    #expect(names.count == 8)
    for name in names {
      let program = try ExampleLife(name).program
      #expect(program.id == name && program.status == .active)
      #expect(try TopicFolder.text("examples/\(name).md").contains("**Worked example"))
    }
  }

  @Test func coffeeDoublesOnWeekdayAfternoonsUpToADaysLimit() throws {
    var life = try ExampleLife("coffee")
    let first = try life.buy(
      at: "2026-03-03T15:10:00+07:00", "VND",
      [Sample.line("A", "coffee", "90000", quantity: 2), Sample.line("B", "beans", "150000")],
      more: "\"channel\":\"app\"")
    #expect(first == ["base 240", "beans 20", "app-order 10", "happy-hour 240"])
    let second = try life.buy(at: "2026-03-03T16:00:00+07:00", "VND", [Sample.line("A", "coffee", "300000")])
    #expect(second == ["base 300", "happy-hour 190"])
    #expect(life.available == 1000)
    #expect(life.account.lots.allSatisfy { $0.expiresAt == Sample.instant("2027-04-01T00:00:00+07:00") })
  }

  @Test func coffeeStampsDaysAndNotCups() throws {
    var life = try ExampleLife("coffee")
    for day in 1...9 {
      for hour in [8, 9] {
        let cup = Sample.line("A", "coffee", "45000")
        #expect(try life.buy(at: "2026-03-0\(day)T0\(hour):00:00+07:00", "VND", [cup]) == ["base 45"])
      }
    }
    let tenth = try life.buy(at: "2026-03-10T08:00:00+07:00", "VND", [Sample.line("T", "tea", "30000")])
    #expect(tenth == ["base 30", "stamp-card 500"])
  }

  @Test func supermarketAddsUpCategoriesAndTakesTheWeekBack() throws {
    var life = try ExampleLife("supermarket")
    life.budgets = .unlimited
    let saturday = try life.buy(
      at: "2026-03-07T10:00:00-05:00", "USD",
      [
        Sample.line("P", "produce", "20.40"), Sample.line("N", "grocery", "9.60", brand: "Harvest"),
        Sample.line("C", "grocery", "30.00"), Sample.line("F", "fuel", "41.00"),
      ])
    #expect(saturday == ["base 60", "fuel 21", "big-shop 50", "produce-triple 40", "own-brand-double 10"])
    let sunday = try life.buy(
      at: "2026-03-08T10:00:00-04:00", "USD",
      [Sample.line("L", "floral", "24.50"), Sample.line("G", "grocery", "30.00")])
    #expect(sunday == ["base 55", "weekly-shop 100", "spring 13"])
    #expect(try life.bringBack("P-2", at: "2026-03-09T10:00:00-04:00", #"{"sku":"L","quantity":1}"#) == 131)
    #expect(life.available + life.pending == 181 + 37)
  }

  @Test func fashionMultipliesInTheBirthdayMonthAndTakesTheTierBack() throws {
    var life = try ExampleLife("fashion")
    life.traits = MemberTraits(birthday: .init(month: 5, day: 12))
    let dress = try life.buy(at: "2026-03-02T10:00:00+01:00", "EUR", [Sample.line("D", "dress", "480.00")])
    #expect(dress == ["base 960", "first-purchase 100"])
    let jacket = try life.buy(
      at: "2026-05-02T10:00:00+02:00", "EUR",
      [Sample.line("J", "jacket", "120.00"), Sample.line("S", "outlet", "30.00")])
    #expect(jacket == ["base 240", "outlet 30", "birthday-month 240"])
    #expect(life.level == "silver")
    let coat = try life.buy(at: "2026-05-20T10:00:00+02:00", "EUR", [Sample.line("C", "coat", "200.00")])
    #expect(coat == ["base 400", "tier 100", "birthday-month 500"])
    #expect(try life.bringBack("P-3", at: "2026-05-25T10:00:00+02:00") == 1000)
    #expect(life.level == "silver")
    #expect(try life.bringBack("P-2", at: "2026-05-26T10:00:00+02:00") == 510)
    #expect(life.level == "member" && life.available == 1060)
    #expect(life.account.lots.first?.expiresAt == Sample.instant("2029-01-01T00:00:00+01:00"))
  }

  @Test func oneStayEarnsInHotelAndAirline() throws {
    var hotel = try ExampleLife("hotel")
    let stay = [Sample.line("R", "room", "480.00", quantity: 4), Sample.line("D", "restaurant", "60.50")]
    let nights = try hotel.buy(at: "2026-05-03T11:00:00+07:00", "USD", stay)
    #expect(nights == ["nights 2000", "stay-spend 5405", "long-stay 1000", "low-season 3000"])
    #expect(hotel.pending == 11405)
    var airline = try ExampleLife("airline")
    airline.budgets = .unlimited
    #expect(try airline.buy(at: "2026-05-03T11:00:00+07:00", "USD", stay) == ["partner-hotel 960"])
    let flight = try airline.buy(at: "2026-05-04T11:00:00+07:00", "USD", [Sample.line("SGN-DAD", "flight", "320.00")])
    #expect(flight == ["flight 1600", "launch-route 3200"])
    let business = try airline.buy(at: "2026-05-09T11:00:00+07:00", "USD", [Sample.line("FARE-J", "flight", "900.00")])
    #expect(business == ["business-class 7200"])
    #expect(airline.available + airline.pending == 12960)
  }

  @Test func membershipMultipliesWhileTheFeeIsPaid() throws {
    var life = try ExampleLife("membership")
    life.traits = MemberTraits(joinedAt: Sample.instant("2026-03-01T10:00:00-06:00"))
    let first = try life.buy(at: "2026-03-10T10:00:00-05:00", "USD", [Sample.line("A", "any", "40.00")])
    #expect(first == ["base 40", "newcomer 40"])
    try life.hold("vip", from: "2026-04-01T09:00:00-05:00", until: "2027-04-01T00:00:00-05:00")
    let saturday = try life.buy(at: "2026-04-04T10:00:00-05:00", "USD", [Sample.line("A", "any", "80.00")])
    #expect(saturday == ["base 80", "tier 160", "vip-weekend 120"])
    #expect(life.available == 440)
  }

  @Test func cashbackRoundsEachLineAndLetsTheLaunchWeekWorkAlone() throws {
    var life = try ExampleLife("cashback")
    let launch = try life.buy(
      at: "2026-01-14T10:00:00-05:00", "USD", [Sample.line("A", "grocery", "150.00")], more: paid("card", "150.00"))
    #expect(launch == ["launch-week 1000"])
    let card = try life.buy(
      at: "2026-01-20T10:00:00-05:00", "USD",
      [
        Sample.line("A", "grocery", "62.35"), Sample.line("B", "grocery", "10.49"),
        Sample.line("C", "drugstore", "25.10"),
      ], more: paid("card", "97.94"))
    #expect(card == ["one-percent 97", "grocery-card 291"])
    let cash = try life.buy(
      at: "2026-01-28T10:00:00-05:00", "USD", [Sample.line("A", "grocery", "5.00")], more: paid("cash", "5.00"))
    #expect(cash == ["one-percent 5", "every-hundred 100"])
    #expect(life.available + life.pending == 1493)
  }

  @Test func journeyRoundsEachRuleDown() throws {
    var life = try ExampleLife("journey")
    try life.hold("silver", from: "2017-01-01T00:00:00-05:00", until: "2018-01-01T00:00:00-05:00")
    let basket = try life.buy(
      at: "2017-02-01T10:00:00-05:00", "USD",
      [Sample.line("P", "produce", "12.60"), Sample.line("G", "grocery", "30.00")])
    #expect(basket == ["base 42", "produce 25", "tier 16"])
  }

  private func paid(_ tender: String, _ amount: String) -> String {
    "\"payments\":[{\"tender\":\"\(tender)\",\"amount\":\"\(amount)\"}]"
  }
}
