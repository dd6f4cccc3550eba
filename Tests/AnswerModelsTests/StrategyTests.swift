import AnswerModels
import Testing

@Suite struct StrategyTests {
  @Test(arguments: ["direct", "chain-of-thought", "majority-vote:k=5", "majority-vote:k=256"])
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

  @Test func `what cannot be read is named in a typed error`() {
    let names = ["direct", "chain-of-thought", "majority-vote"]
    func check(_ text: String, _ expected: StrategyError) {
      #expect(throws: expected) { try Strategy(text: text) }
    }
    check("majority-vot:k=5", .unknownStrategy("majority-vot", known: names))
    check("", .unknownStrategy("", known: names))
    check("majority-vote", .missingParameter("k", strategy: "majority-vote"))
    check(
      "majority-vote:n=5", .unknownParameter("n", strategy: "majority-vote", known: ["k"]))
    check("direct:k=5", .unknownParameter("k", strategy: "direct", known: []))
    check("majority-vote:k=3,k=4", .repeatedParameter("k", strategy: "majority-vote"))
    for value in ["0", "257", "five", "", "2.5"] {
      check(
        "majority-vote:k=\(value)",
        .invalidValue(value, parameter: "k", strategy: "majority-vote", allowed: 1...256))
    }
  }
}
