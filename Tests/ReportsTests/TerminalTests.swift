import Studies
import Testing

@testable import Reports

@Suite struct TerminalTests {
  @Test func `the summary is this text`() {
    let study = smallStudy(context(warnings: ["the roofline was used"]))
    let text = TerminalSummary(study, comparison: PolicyComparison(study)).text
    let expected = """
      warning: the roofline was used
      Vote or scale?
      """
    #expect(text.hasPrefix(expected))
    print(text)
  }

  @Test func `no control characters and no trailing blanks`() {
    let study = smallStudy()
    let text = TerminalSummary(study, comparison: PolicyComparison(study)).text
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  @Test(
    arguments: [
      (0, "0"), (0.012345, "0.0123"), (1.5, "1.50"), (99.96, "100.0"), (123.4, "123"),
      (1234.5, "1234"), (12_345, "12,345"), (-1_234_567, "-1,234,567"), (.nan, "–"),
    ] as [(Double, String)])
  func `figures have three significant digits`(number: Double, expected: String) {
    #expect(NumberText.figure(number) == expected)
  }

  @Test func `an interval that holds zero makes no claim`() {
    func pair(_ low: Double, _ high: Double) -> String {
      PairedSentence.text(
        for: PairedDifference(
          a: "a", b: "b", metric: .attributedEnergyPerRequest,
          estimate: Estimate(value: (low + high) / 2, interval: low...high), reference: 100))
    }
    #expect(
      pair(-1, 3) == "no clear difference in energy per request (95 % interval -1.00 to +3.00 J)")
    #expect(
      pair(10, 30) == "spends 20.0 J more per request (+20.0 %), 95 % interval +10.0 to +30.0 J")
    #expect(
      pair(-30, -10) == "spends 20.0 J less per request (-20.0 %), 95 % interval -30.0 to -10.0 J")
  }
}
