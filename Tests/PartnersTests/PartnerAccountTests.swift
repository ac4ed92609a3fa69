import Partners
import Testing

@Suite(.timeLimit(.minutes(10))) struct PartnerAccountTests {
  private func problems(_ name: PartnerAccount.AdapterName, _ text: String) -> [String] {
    do throws(PartnerAccountRefused) {
      _ = try PartnerAccount(
        name, url: "https://partner.example/", credentials: Array(text.utf8), file: TestPartners.bytes)
      return []
    } catch {
      return error.problems
    }
  }

  @Test(arguments: PartnerAccount.AdapterName.allCases) func aWholeFileIsTaken(name: PartnerAccount.AdapterName) throws
  {
    let account = try TestPartners.account(name, url: "https://partner.example/")
    #expect(account.url == "https://partner.example" && "\(account)" == "a partner's account")
  }

  @Test func everythingThatIsWrongIsToldAtOnceAndNoSecret() {
    let told = problems(
      .gotIt,
      """
      {"apiKey":"s3cret key","prefix":"742","privateKeyFile":"/nowhere/key.pem","orderName":"A|B","appSecret":"s3cret",
      "sealed":"yes"}
      """)
    #expect(told.count == 6)
    for word in ["apiKey must", "prefix must", "cannot be read", "orderName must", "appSecret is none", "sealed must"] {
      #expect(told.contains { $0.contains(word) }, "\(word): \(told)")
    }
    #expect(!told.contains { $0.contains("s3cret") || $0.contains("nowhere") })
    #expect(problems(.json, "[]") == ["is no JSON object"])
    #expect(problems(.json, "{}") == ["token is missing"])
    let file = "\(TestPartners.keys)/short.pem"
    #expect(
      problems(
        .urBox,
        #"{"appId":"1","appSecret":"s","campaign":"a/b","siteUser":"x","phone":"+84","privateKeyFile":"\#(file)"}"#
      )
      .map { String($0.prefix(14)) } == ["phone must be ", "privateKeyFile", "campaign must "])
  }
}
