import Contracts
import MessageFeedback
import Testing

@Suite(.timeLimit(.minutes(10))) struct FeedbackTokenTests {
  static let secret = FeedbackSecret("a secret of an installation")
  static let id = "n-0123456789abcdef0123456789abcdef"

  @Test(arguments: [0, 1, 31, 32, 1_023, 1_024, Int32.max]) func tokenNamesItsMessageInWhateverCase(partition: Int32)
    throws
  {
    for id in [Self.id, "n-" + String(repeating: "0", count: 32), "n-" + String(repeating: "f", count: 32)] {
      let token = try #require(FeedbackToken(notificationId: id, partition: partition))
      let text = token.text(under: Self.secret)
      #expect(text.utf8.count <= FeedbackToken.textBytesMax)
      #expect(FeedbackToken(text, under: Self.secret) == token)
      #expect(FeedbackToken(text.uppercased(), under: Self.secret) == token)
    }
  }

  @Test func nobodyElseMakesOne() throws {
    let text = try #require(FeedbackToken(notificationId: Self.id, partition: 3)).text(under: Self.secret)
    #expect(FeedbackToken(text, under: FeedbackSecret("a secret of somebody else")) == nil)
    for index in text.indices where text[index] != "." {
      var forged = text
      forged.replaceSubrange(index...index, with: text[index] == "a" ? "b" : "a")
      #expect(FeedbackToken(forged, under: Self.secret) == nil, "\(forged)")
    }
    for broken in ["", ".", text + "a", String(text.dropLast()), text + "." + text, "a." + text] {
      #expect(FeedbackToken(broken, under: Self.secret) == nil, "\(broken)")
    }
  }

  @Test func onlyIdsOfTheNotifierHaveOne() {
    for id in ["", "n-5f2c", "N-1", "n-0123456789ABCDEF0123456789abcdef", "x-0123456789abcdef0123456789abcdef"] {
      #expect(FeedbackToken(notificationId: id, partition: 0) == nil, "\(id)")
    }
    #expect(FeedbackToken(notificationId: Self.id, partition: -1) == nil)
  }

  @Test func returnPathFitsIntoALocalPart() throws {
    let text = try #require(FeedbackToken(notificationId: Self.id, partition: .max)).text(under: Self.secret)
    let mailbox = String(repeating: "b", count: ReturnPath.mailboxBytesMax) + "@exämple.com"
    let address = try #require(ReturnPath(mailbox)).address(text)
    #expect(address.prefix { $0 != "@" }.utf8.count <= 64 && address.hasSuffix("@xn--exmple-cua.com"))
    for wrong in ["b" + mailbox, "bounces", "b+c@example.com", "b c@example.com", "ö@example.com", "@example.com"] {
      #expect(ReturnPath(wrong) == nil, "\(wrong)")
    }
  }

  @Test func oneContactHasOneDigest() throws {
    let same: [[String]] = [
      ["lan@bücher.example", "LAN@xn--bcher-kva.example", " lan@BÜCHER.example "],
      ["+84901234567", "0901 234 567", "0084901234567"], ["+841629999999", "0329999999"],
      ["root@mailhub", "Root@mailhub"],
    ]
    var digests: [String] = []
    for spellings in same {
      var found: Set<String> = []
      for spelling in spellings {
        let contact = try #require(Contact(spelling), "\(spelling)")
        found.insert(Self.secret.digest(of: contact))
      }
      #expect(found.count == 1, "\(spellings)")
      digests += found
    }
    #expect(Set(digests).count == same.count)
    #expect(Contact("nobody") == nil && Contact("") == nil && Contact("12") == nil && Contact("a@b@c") == nil)
  }

  @Test func digestsDifferByTheirSecret() throws {
    let contact = try #require(Contact("lan@example.com"))
    let other = FeedbackSecret("a secret of an installation2")
    #expect(Self.secret.digest(of: contact).utf8.count == 32 && Self.secret.id.utf8.count == 8)
    #expect(Self.secret.digest(of: contact) != other.digest(of: contact) && Self.secret.id != other.id)
  }
}
