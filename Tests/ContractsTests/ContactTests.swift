import Contracts
import Loyalty
import Testing

@Suite(.timeLimit(.minutes(10))) struct ContactTests {
  @Test(arguments: [
    ("+84901234567", "+84901234567"), ("0901 234 567", "+84901234567"), ("0901.234.567", "+84901234567"),
    ("(090) 123-4567", "+84901234567"), ("84901234567", "+84901234567"), ("0084 901 234 567", "+84901234567"),
    ("+84 (0)901 234 567", "+84901234567"),
    // The 11-digit mobile numbers of before 2018.
    ("01621234567", "+84321234567"), ("+841201234567", "+84701234567"), ("0199 123 4567", "+84591234567"),
    // Landlines.
    ("024 3825 3825", "+842438253825"),
    // Abroad.
    ("+1 212 555 0100", "+12125550100"), ("0044 20 7946 0958", "+442079460958"),
  ])
  func phoneHasOneSpelling(text: String, normal: String) {
    #expect(PhoneNumber.normalised(text) == normal)
    #expect(PhoneNumber.normalised(normal) == normal)
  }

  @Test(arguments: [
    "", "123", "0901 234 56", "0901 234 5678 9", "+0123456789", "09O1234567", "++84901234567", "0101234567",
  ])
  func whatIsNoPhoneNumberIsNone(text: String) {
    #expect(PhoneNumber.normalised(text) == nil)
  }

  @Test func cardHasOneSpelling() {
    #expect(CardNumber.normalised("ab-12 34") == "AB1234")
    #expect(CardNumber.normalised("123") == nil)
    #expect(CardNumber.normalised("12_34") == nil)
  }

  @Test func spellingsOfAnEmailCountAsTheProgrammeSays() {
    let text = "Anh.Nguyen+shop@Example.COM"
    #expect(EmailAddress.normalised(text, .exact) == "Anh.Nguyen+shop@example.com")
    #expect(EmailAddress.normalised(text, .anyCase) == "anh.nguyen+shop@example.com")
    #expect(EmailAddress.normalised(text, .anyCaseAndDots) == "anhnguyen@example.com")
    #expect(EmailAddress.normalised("+Shop@Example.COM", .anyCaseAndDots) == "+shop@example.com")
    #expect(EmailAddress.normalised("nobody", .anyCase) == nil)
  }

  @Test(arguments: [
    // One character or two; written out or encoded, in whatever capitals.
    ("zo\u{EB}@example.com", "zoe\u{308}@example.com"), ("a@b\u{FC}cher.example", "a@xn--bcher-kva.example"),
    ("a@b\u{FC}cher.example", "a@BU\u{308}CHER.Example"), ("a@b\u{FC}cher.example", "a@XN--Bcher-KVA.example"),
    ("nguy\u{1EC5}n@x.vn", "nguye\u{302}\u{303}n@x.vn"), ("a@stra\u{DF}e.example", "a@xn--strae-oqa.example"),
  ])
  func spellingsOfLettersAreTheSameAddress(one: String, other: String) throws {
    for matching in EmailMatching.allCases {
      let found = [one, other].map { Array(EmailAddress.normalised($0, matching)?.utf8 ?? "".utf8) }
      #expect(found[0] == found[1] && !found[0].isEmpty, "\(matching)")
    }
  }

  @Test func addressThatWasWrittenTheUsualWayKeepsItsSpelling() {
    for text in [
      "anh@example.com", "ng\u{1B0}\u{1EDD}i@b\u{FC}cher.example", "a@under_score.example", "a@xn--.example",
    ] {
      for matching in EmailMatching.allCases {
        let (normal, spelt) = (EmailAddress.normalised(text, matching), EmailAddress.asSpelt(text, matching))
        #expect(Array(normal?.utf8 ?? "".utf8) == Array(spelt?.utf8 ?? "-".utf8), "\(text)")
      }
    }
  }
}
