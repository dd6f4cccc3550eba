import Scenarios
import Testing

@testable import Sweeps

struct SweepAxisTests {
  @Test(
    "the values of a key are read as they are written",
    arguments: [
      ("a.b=1,2,4", ["1", "2", "4"]),
      ("a=2..5", ["2", "3", "4", "5"]),
      ("a=2..9/3", ["2", "5", "8"]),
      ("a=0.1..0.5/0.1", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
      ("a=0.5..2:4", ["0.5", "1", "1.5", "2"]),
      ("a=1..64:4:log", ["1", "4", "16", "64"]),
      ("a=1..3:9", ["1", "2", "3"]),
      ("a={arm: x, b: [1, 2]},{arm: y}", ["{arm: x, b: [1, 2]}", "{arm: y}"]),
      ("a=majority-vote:k=3, direct", ["majority-vote:k=3", "direct"]),
      ("a=\"1,2\",3", ["\"1,2\"", "3"]),
    ])
  func values(_ text: String, _ expected: [String]) throws {
    let axis = try SweepAxisReader.read(text)
    #expect(try axis.gridValues() == expected)
    #expect(axis.text == text)
  }

  @Test(
    "what is no key with values is refused",
    arguments: [
      "a", "=1", "a=", "a=1,,2", "a=1,1", "a=5..2", "a=0..4:3:log", "a=1..9/0", "a=1..9/2:3",
      "a=0..9999999", "a=1..2:0",
    ])
  func refused(_ text: String) {
    #expect(throws: InputError.self) { try SweepAxisReader.read(text) }
  }

  @Test func `a range of fractions without a count has no place in a grid`() throws {
    let axis = try SweepAxisReader.read("a=0.5..2")
    #expect(throws: InputError.self) { try axis.gridValues() }
  }

  @Test func `a grid has every combination, the last key turning fastest`() throws {
    let design = SweepDesign(
      axes: [try SweepAxisReader.read("a=1,2"), try SweepAxisReader.read("b=x,y,z")], baseSeed: 1)
    let points = try design.points()
    #expect(points.map(\.index) == Array(0..<6))
    #expect(
      points.map { $0.settings.map(\.value).joined() } == ["1x", "1y", "1z", "2x", "2y", "2z"])
  }

  @Test func `a Latin hypercube meets each part of each range once`() throws {
    let count = 40
    let axes = try ["a=0.0..8.0", "b=1..1024:log", "c=1..20", "d=x,y,z,w"].map {
      try SweepAxisReader.read($0)
    }
    let design = SweepDesign(axes: axes, sampling: .latinHypercube(points: count), baseSeed: 3)
    let points = try design.points()
    #expect(try points == design.points())
    func column(_ index: Int) -> [String] { points.map { $0.settings[index].value } }
    func parts(_ shares: [Double]) -> [Int] {
      shares.map { min(count - 1, Int($0 * Double(count))) }.sorted()
    }
    #expect(parts(column(0).compactMap { Double($0) }.map { $0 / 8 }) == Array(0..<count))
    // Twenty whole numbers and four words share forty parts evenly.
    #expect(Dictionary(grouping: column(2), by: \.self).allSatisfy { $0.value.count == 2 })
    #expect(Dictionary(grouping: column(3), by: \.self).allSatisfy { $0.value.count == 10 })
    let other = SweepDesign(axes: axes, sampling: .latinHypercube(points: count), baseSeed: 4)
    let otherPoints = try other.points()
    #expect(points != otherPoints)
  }

  @Test func `a key varied twice and the seed are refused`() throws {
    for axes in [["a=1,2", "a=3,4"], ["seed=1,2"]] {
      let design = SweepDesign(axes: try axes.map { try SweepAxisReader.read($0) }, baseSeed: 1)
      #expect(throws: InputError.self) { try design.points() }
    }
  }
}
