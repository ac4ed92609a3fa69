/// An ISO 4217 currency: its three letters and the number of decimals of its minor unit.
package struct Currency: Hashable, Sendable {
  /// The three ASCII letters, first letter highest.
  package let packedCode: UInt32
  package let exponent: UInt8

  /// The most decimals that a currency has.
  package static let exponentMax: UInt8 = 3

  /// `XXX`, ISO 4217's code for "no currency": a cancel, which names no amount, may have it.
  package static let unspecified = Currency(packedCode: 0x58_58_58, exponent: 0)

  /// nil when `code` is no ISO 4217 currency of payment (three capital letters), active or withdrawn since 2011, see
  /// ``WithdrawnCurrency``.
  package static func known(_ code: String) -> Currency? {
    var code = code
    return code.withUTF8 { known($0) }
  }

  package static func known(_ code: UnsafeBufferPointer<UInt8>) -> Currency? {
    guard code.count == 3 else { return nil }
    let packed = UInt32(code[0]) << 16 | UInt32(code[1]) << 8 | UInt32(code[2])
    guard let exponent = exponents[packed] else { return nil }
    return Currency(packedCode: packed, exponent: exponent)
  }

  private init(packedCode: UInt32, exponent: UInt8) {
    self.packedCode = packedCode
    self.exponent = exponent
  }

  /// From a stored `packedCode`; `unspecified` is known here.
  package init?(packedCode: UInt32) {
    guard packedCode != Currency.unspecified.packedCode else {
      self = .unspecified
      return
    }
    guard let exponent = exponents[packedCode] else { return nil }
    self.init(packedCode: packedCode, exponent: exponent)
  }

  package var code: String {
    String(unsafeUninitializedCapacity: 3) { buffer in
      buffer[0] = UInt8(truncatingIfNeeded: packedCode >> 16)
      buffer[1] = UInt8(truncatingIfNeeded: packedCode >> 8)
      buffer[2] = UInt8(truncatingIfNeeded: packedCode)
      return 3
    }
  }
}

// ISO 4217, list one, without funds codes, metals and test codes; with two that left it late, BGN and ANG.
private let currenciesByExponent: [UInt8: String] = [
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
  2: """
  AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC \
  CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
  KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
  NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
  TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
  """,
  3: "BHD IQD JOD KWD LYD OMR TND",
]

// ISO 4217, list three: withdrawn since 2011. Those that an active list still names stand there.
private let withdrawnByExponent: [UInt8: String] = [
  0: "BYR",
  2: "CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL",
]

private let exponents: [UInt32: UInt8] = {
  var table: [UInt32: UInt8] = [:]
  for (exponent, codes) in Array(currenciesByExponent) + Array(withdrawnByExponent) {
    for code in codes.split(separator: " ") {
      table[code.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = exponent
    }
  }
  return table
}()
