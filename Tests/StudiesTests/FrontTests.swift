import Testing

@testable import Studies

private func point(_ name: String, _ energy: Double, _ accuracy: Double) -> PolicyPoint {
  PolicyPoint(name: name, energyPerRequest: energy, accuracy: accuracy)
}

@Suite struct FrontTests {
  @Test func `the front holds exactly the policies that none beats in both`() {
    let points = [
      point("dear-and-good", 900, 0.9), point("dominated", 500, 0.6), point("cheap", 100, 0.5),
      point("middle", 400, 0.7), point("twin", 400, 0.7), point("same-accuracy-dearer", 120, 0.5),
    ]
    #expect(
      PolicyPoint.paretoFront(of: points).map(\.name)
        == ["cheap", "middle", "twin", "dear-and-good"])
  }

  private let scaling = PolicyFamily(
    name: "scaling",
    points: [point("7b", 100, 0.5), point("14b", 200, 0.7), point("32b", 500, 0.8)])

  @Test(
    arguments: [
      (0.5, 100), (0.6, 150), (0.7, 200), (0.75, 350), (0.8, 500), (0.49, nil), (0.81, nil),
    ] as [(Double, Double?)])
  func `energy at an accuracy lies on the line between neighbours`(
    accuracy: Double, expected: Double?
  ) throws {
    let found = scaling.energyPerRequest(atAccuracy: accuracy)
    guard let expected else {
      #expect(found == nil)
      return
    }
    #expect(abs(try #require(found) - expected) < 1e-9)
  }

  @Test func `a dominated member does not raise its family's line`() {
    var family = scaling
    family.points.append(point("bad", 450, 0.55))
    #expect(family.energyPerRequest(atAccuracy: 0.7) == 200)
    #expect(abs((family.energyPerRequest(atAccuracy: 0.55) ?? 0) - 125) < 1e-9)
  }

  @Test func `each policy sets a level at which every family is read`() {
    let thinking = PolicyFamily(
      name: "thinking", points: [point("7b", 100, 0.5), point("7b-vote", 600, 0.7)])
    let rows = EqualAccuracyRow.rows(for: [scaling, thinking])
    #expect(rows.map(\.policy) == ["7b", "14b", "7b-vote", "32b"])
    #expect(rows[1].energyPerRequestByFamily == ["scaling": 200, "thinking": 600])
    #expect(rows[3].energyPerRequestByFamily == ["scaling": 500, "thinking": nil])
    #expect(EqualAccuracyRow.rows(for: [scaling]).isEmpty)
  }
}
