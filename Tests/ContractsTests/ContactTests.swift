import Contracts
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
}
