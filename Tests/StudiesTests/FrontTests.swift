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

  @Test func `each policy sets a level at which every family is read`() throws {
    let families = [
      "7b": ["scaling", "thinking"], "14b": ["scaling"], "32b": ["scaling"],
      "7b-vote": ["thinking"],
    ]
    let runs = [
      placedRun("7b", 100, 0.5), placedRun("14b", 200, 0.7), placedRun("32b", 500, 0.8),
      placedRun("7b-vote", 600, 0.7),
    ]
    func rows(_ families: [String: [String]]) -> [EqualAccuracyRow] {
      PolicyComparison(StudyResult(context: context(families: families), runs: runs)).equalAccuracy
    }
    let found = rows(families)
    #expect(found.map(\.policy) == ["7b", "14b", "7b-vote", "32b"])
    func energies(_ row: Int) -> [String: Double?] {
      found[row].energyByFamily.mapValues { $0.map { ($0.value * 1e6).rounded() / 1e6 } }
    }
    #expect(energies(1) == ["scaling": 200, "thinking": 600])
    #expect(energies(3) == ["scaling": 500, "thinking": nil])
    #expect(found[1].saving?.cheapest == "scaling" && found[1].saving?.other == "thinking")
    #expect(abs((found[1].saving?.percent.value ?? 0) - 100 * 2 / 3) < 1e-6)
    // With 200 J thinking is a fifth of the way from 0.5 to 0.7.
    let accuracy = try #require(found[1].accuracyByFamily["thinking"] ?? nil)
    #expect(abs(accuracy.value - 0.54) < 1e-9)
    #expect(rows(families.mapValues { $0.filter { $0 == "scaling" } }).isEmpty)
  }

  @Test func `hypervolume is the area behind the steps of the front, of mixes behind its hull`() {
    let points = [point("a", 100, 0.5), point("b", 400, 0.9), point("no", 300, 0.55)]
    // (1000-100)·0.5 + (1000-300)·0.05 + (1000-400)·0.35 = 450 + 35 + 210.
    #expect(abs(PolicyPoint.hypervolume(of: points, energyLimit: 1000) - 0.695) < 1e-12)
    let mixes = RandomMixes(of: points)
    #expect(mixes.corners.map(\.name) == ["a", "b"])
    // 450 + (1000 - 250)·0.4.
    #expect(abs(mixes.hypervolume(energyLimit: 1000) - 0.75) < 1e-12)
  }

  @Test func `mixes lie on the hull, below its cheapest arm on that, beyond its best nowhere`() {
    let mixes = RandomMixes(of: [point("a", 100, 0.5), point("b", 400, 0.9)])
    #expect(abs((mixes.energyPerRequest(atAccuracy: 0.7) ?? 0) - 250) < 1e-9)
    #expect(mixes.energyPerRequest(atAccuracy: 0.3) == 100)
    #expect(mixes.energyPerRequest(atAccuracy: 0.91) == nil)
    #expect(mixes.arms(atAccuracy: 0.7) == ["a", "b"] && mixes.arms(atAccuracy: 0.3) == ["a"])
    #expect(mixes.arms(atAccuracy: 0.95).isEmpty)
  }
}
