import AnswerModels
import Testing

@Suite struct StrategyTests {
  @Test(arguments: [
    "direct", "chain-of-thought", "reasoning", "majority-vote:k=5", "majority-vote:k=256",
    "majority-vote:k=5,order=serial,stop=decided,mode=reasoning",
    "best-of-n:n=8,auc=0.8,verifier=large,bias=0.5", "reasoning-budget:tokens=1024",
    "reasoning-budget:tokens=512,obeyed=0.6,excess=1.2,mode=chain-of-thought",
    "cascade:then=large,k=3,gate=agreement,at=1.0",
    "cascade:then=large,gate=score,at=0.7,auc=0.8,then-k=5,then-mode=reasoning",
    "self-refinement:turns=3,keep=0.75",
    "controlled-reasoning:every=128,auc=0.8,rule=price,worth=5000.0",
    "controlled-reasoning:every=64,auc=0.9,rule=confidence,at=0.9,mode=chain-of-thought",
  ])
  func `a strategy's text form reads back as itself`(text: String) throws {
    #expect(try Strategy(text: text).description == text)
  }

  @Test func `every listed form can be read and is listed under its name`() throws {
    for form in Strategy.forms {
      #expect(try Strategy(text: form.usage).description.hasPrefix(form.name))
    }
  }

  @Test func `a vote takes k samples that reason, the others take one`() throws {
    #expect(try Strategy(text: "direct").samples == 1)
    #expect(try Strategy(text: "direct").mode == .direct)
    #expect(try Strategy(text: "chain-of-thought").samples == 1)
    #expect(try Strategy(text: "majority-vote:k=7").samples == 7)
    #expect(try Strategy(text: "majority-vote:k=7").mode == .chainOfThought)
  }

  @Test func `a plus sign parts parameters as a comma does`() throws {
    #expect(
      try Strategy(text: "best-of-n:n=4+auc=0.9") == Strategy(text: "best-of-n:n=4,auc=0.9"))
  }

  @Test func `what cannot be read is named in a typed error`() {
    let names = Strategy.forms.map(\.name)
    func check(_ text: String, _ expected: StrategyError) {
      #expect(throws: expected) { try Strategy(text: text) }
    }
    check("majority-vot:k=5", .unknownStrategy("majority-vot", known: names))
    check("", .unknownStrategy("", known: names))
    check(
      "majority-vote",
      .missingParameter("k", strategy: "majority-vote", example: "majority-vote:k=5"))
    check(
      "majority-vote:n=5",
      .unknownParameter("n", strategy: "majority-vote", known: ["k", "order", "stop", "mode"]))
    check("direct:k=5", .unknownParameter("k", strategy: "direct", known: []))
    check("majority-vote:k=3,k=4", .repeatedParameter("k", strategy: "majority-vote"))
    for value in ["0", "257", "five", "", "2.5"] {
      check(
        "majority-vote:k=\(value)",
        .invalidValue(
          value, parameter: "k", strategy: "majority-vote",
          expected: "a whole number from 1 to 256"))
    }
    check(
      "controlled-reasoning:auc=0.8,every=63,worth=1",
      .invalidValue(
        "63", parameter: "every", strategy: "controlled-reasoning",
        expected: "a whole number from 64 to 1000000"))
    check(
      "best-of-n:n=8,auc=0.4",
      .invalidValue(
        "0.4", parameter: "auc", strategy: "best-of-n",
        expected: "a number from 0.5 to 0.9999"))
    check(
      "majority-vote:k=3,order=sideways",
      .invalidValue(
        "sideways", parameter: "order", strategy: "majority-vote",
        expected: "one of parallel, serial, spread"))
  }
}
