import FleetEngine
import Quantities
import Scenarios
import Testing

@testable import Reports
@testable import Studies

@Suite struct TerminalTests {
  @Test func `the summary is this text`() {
    let study = smallStudy(context(warnings: ["the roofline was used"]))
    let text = TerminalSummary(study, comparison: PolicyComparison(study)).text
    #expect(text == Self.golden)
  }

  @Test func `what was given up or cached has columns only where there is some`() {
    var study = smallStudy()
    #expect(!TerminalSummary(study, comparison: nil).text.contains("timed out"))
    study.runs[1].result.requests.timedOut = 12_345
    study.runs[2].result.tokens.cachedPrompt = 3000
    let text = TerminalSummary(study, comparison: nil).text
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains { $0.hasPrefix("done rejected timed out cached J/request") })
    #expect(lines.contains { $0.hasPrefix("policy requests requests requests % prompt J J") })
    #expect(lines.contains { $0.hasPrefix("large 10 1 12,345 0.0 % 400") })
    #expect(lines.contains { $0.hasPrefix("vote 10 1 0 75.0 % 300") })
    let page = ReportTables(study: study).figures
    #expect(page.contains("timed out") && page.contains("12,345") && page.contains("75.0&nbsp;%"))
    #expect(!page.contains("cancelled"))
  }

  @Test func `policies on fleets of other sizes are told, and named while they are few`() throws {
    var study = smallStudy()
    #expect(DeploymentSentence.text(for: study) == nil)
    study.runs[1].fleet = fleet([pool("h100"), pool("b", replicas: 3)])
    let sentence =
      "GPUs deployed differ, and idle ones count in the energy: 2 by small and vote, 5 by large."
    #expect(DeploymentSentence.text(for: study) == sentence)
    let comparison = PolicyComparison(study)
    #expect(TerminalSummary(study, comparison: comparison).text.contains(sentence))
    let page = try HTMLReport(study, comparison: comparison, vegaBundle: nil).text()
    #expect(page.contains("<li>\(sentence)</li>"))
    let summary = StudySummary(study, comparison: comparison, withTiming: false)
    #expect(summary.comparison?.verdict.last == sentence)
    for index in 3...6 {
      var run = study.runs[0]
      run.name = "p\(index)"
      study.runs.append(run)
    }
    #expect(DeploymentSentence.text(for: study)?.contains(": 2 by 6 policies, 5 by large.") == true)
  }

  private static let golden = """
    warning: the roofline was used
    warning: small: 1 of 11 requests were refused, by the policy or because they are longer than \
    max_model_len or the KV cache allow
    warning: large: 1 of 11 requests were refused, by the policy or because they are longer than \
    max_model_len or the KV cache allow
    warning: vote: 1 of 11 requests were refused, by the policy or because they are longer than \
    max_model_len or the KV cache allow
    Vote or scale?
    quickstart, seed 7. J/request, J/token and J/right: GPU energy, idle included. ± run: half \
    the 95 % interval that the queries of one run leave.

                done  rejected  J/request  J/token  J/right  right  ± run  TTFT p50  p99  TPOT p50  p99  E2E p99   SLO  power
    policy  requests  requests          J        J        J      %   95 %        ms   ms        ms   ms        s     %      W
    small         10         1        100     2.00      250   50.0   28.5      50.0  100         –    –     10.0  90.9    100
    large         10         1        400     8.00      667   75.0   26.0      50.0  100         –    –     10.0  90.9    400
    vote          10         1        300     6.00      500   75.0   26.0      50.0  100         –    –     10.0  90.9    300

    small, large and vote tie for the least energy on a right answer, about 250 J of GPU energy; large, small and vote tie for most right answers, about 75.0 %.

    A tie for least energy on a right answer: small, large and vote, small at 250 J of GPU energy, \
    idle included.
    A tie for most right answers: large, small and vote, large at 75.0 %.
    Hypervolume (up to 400 J a request): all policies 43.8 %.
    What is called a difference stands under other questions of the same kinds, and after Holm's \
    correction for the number of comparisons; other traffic and luck and other constants within \
    their errors were not tried.

    Against small, on the same queries (GPU energy, idle included; 95 % intervals over questions):

    large
      spends 300 J more per request (×4.00), 95 % interval +300 to +300 J
      no clear difference in accuracy (95 % interval -7.72 to +81.2 points)
      no clear difference in energy per right answer (95 % interval -6.54 to +662 J)
      serves 7.50 fewer requests in time per kJ (-75.0 %), 95 % interval -7.55 to -7.44 requests \
    per kJ
      the same end-to-end latency
      the same p99 end-to-end latency
      the same p99 time to first token
      the same p99 time per output token

    vote
      spends 200 J more per request (×3.00), 95 % interval +200 to +200 J
      no clear difference in accuracy (95 % interval -7.72 to +81.2 points)
      no clear difference in energy per right answer (95 % interval -99.9 to +454 J)
      serves 6.67 fewer requests in time per kJ (-66.7 %), 95 % interval -6.72 to -6.61 requests \
    per kJ
      the same end-to-end latency
      the same p99 end-to-end latency
      the same p99 time to first token
      the same p99 time per output token

    Not beaten in both energy per request (GPU energy, idle included) and accuracy: small, vote.

    At 75.0 % right (large): voting 300 J, scaling 400 J per request; 25.0 % less (95 % interval \
    25.0 to 25.0 %).
    At 75.0 % right (vote): voting 300 J, scaling 400 J per request; 25.0 % less (95 % interval \
    25.0 to 25.0 %).
    With 300 J a request (vote): voting 75.0 % (18.8 to 100.0), scaling 66.7 % (16.2 to 95.9) \
    right.

    """

  @Test func `the cost stands in its currency, rejections only where there are any`() {
    var study = smallStudy()
    study.context.prices = PriceList(currency: "EUR", electricityPerKilowattHour: 0, gpuHour: 18)
    study.context.warnings = []
    for run in study.runs.indices { study.runs[run].result.requests.rejected = 0 }
    let lines = TerminalSummary(study, comparison: nil).text.split(separator: "\n")
    #expect(!lines.contains { $0.contains("rejected") })
    #expect(lines[2].hasSuffix("power   cost") && lines[3].hasSuffix("W    EUR"), "\(lines)")
    #expect(lines[4].hasSuffix("100  0.100"), "\(lines[4])")
  }

  @Test func `a run without figures says why`() {
    func text(_ change: (inout PolicyRun) -> Void) -> String {
      var run = smallRun("only", joules: 1000, correct: 4)
      run.result = RunResult()
      change(&run)
      let study = StudyResult(context: context(), runs: [run])
      return TerminalSummary(study, comparison: nil).text
    }
    let rejected = text { $0.result.requests.rejected = 12 }
    let reason = "all 12 requests that ended in the measured window were rejected"
    #expect(rejected.contains("warning: only: nothing was served: 12 of "))
    #expect(rejected.contains("No request was completed: \(reason)."))
    #expect(text { $0.fleet.window = .steadyState }.contains("ran out before every slot"))
    let early = text { $0.fleet.window = .between(SimTime(rounding: 60), SimTime(rounding: 90)) }
    #expect(early.contains("over before the measured window opened"))
  }

  @Test func `no control characters and no trailing blanks`() {
    let study = smallStudy()
    let text = TerminalSummary(study, comparison: PolicyComparison(study)).text
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
    #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  @Test(
    arguments: [
      (0, "0"), (0.012345, "0.0123"), (1.5, "1.50"), (99.96, "100"), (1000, "1000"),
      (0.9996, "1.00"), (123.4, "123"),
      (1234.5, "1234"), (12_345, "12,345"), (-1_234_567, "-1,234,567"), (.nan, "–"),
    ] as [(Double, String)])
  func `figures have three significant digits`(number: Double, expected: String) {
    #expect(NumberText.figure(number) == expected)
  }

  @Test func `a tie with a single arm closes its clause`() {
    func sentence(_ arms: [String]) -> String? {
      var verdict = PolicyVerdict(policy: "p", mixedArms: arms)
      verdict.saving = SourcedEstimate(
        value: 0, errors: [.questions: SourceError(standardError: 1, degreesOfFreedom: 1e9)])
      return VerdictSentences.mix(verdict)
    }
    let one =
      "p and x, which is right at least as often, spend the same within the intervals: a tie"
    let two = "p and the random mix of x and y that is right as often spend the same within"
    #expect(sentence(["x"])?.hasPrefix(one) == true)
    #expect(sentence(["x", "y"])?.hasPrefix(two) == true)
  }

  @Test func `an interval that holds zero makes no claim`() {
    func pair(_ low: Double, _ high: Double) -> String {
      PairedSentence.text(
        for: PairedDifference(
          a: "a", b: "b", metric: .energyPerRequest,
          estimate: SourcedEstimate(
            value: (low + high) / 2,
            errors: [
              .questions: SourceError(
                standardError: (high - low) / 2 / 1.959963985, degreesOfFreedom: 1e9)
            ]), reference: 100))
    }
    #expect(
      pair(-1, 3) == "no clear difference in energy per request (95 % interval -1.00 to +3.00 J)")
    #expect(
      pair(10, 30) == "spends 20.0 J more per request (+20.0 %), 95 % interval +10.0 to +30.0 J")
    #expect(
      pair(-30, -10) == "spends 20.0 J less per request (-20.0 %), 95 % interval -30.0 to -10.0 J")
  }
}
