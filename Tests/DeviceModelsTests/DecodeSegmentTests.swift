import DeviceModels
import Quantities
import Testing

/// Decode costs between knots against the device model's own.
struct DecodeSegmentTests {
  @Test func `ranges follow each other without a gap and are numbered in order`() {
    var last = DecodeKnots.range(holding: 1)
    #expect(last.lowerBound == 1)
    #expect(DecodeKnots.index(holding: 1) == 1)
    for tokens in 2...40_000 {
      let range = DecodeKnots.range(holding: tokens)
      #expect(range.contains(tokens))
      let step = DecodeKnots.index(holding: tokens) - DecodeKnots.index(holding: tokens - 1)
      #expect(step == (range == last ? 0 : 1), "at \(tokens)")
      #expect(range == last || range.lowerBound == last.upperBound, "at \(tokens)")
      last = range
    }
  }

  @Test func `time and energy between knots stay within 0.16 percent of the model`() throws {
    var worst = (time: 0.0, energy: 0.0)
    var worstName = ""
    for replica in try Shipped.replicas() {
      for rows in [1, 2, 5, 16, 64, 256] {
        var perRow = 1.0
        while perRow < 100_000 {
          let context = Int(Double(rows) * perRow)
          let shape = IterationShape(decodeRows: rows, decodeContextTokens: context)
          let ours = replica.cost(of: shape)
          let model = replica.estimate(shape).cost
          func error(_ a: Double, _ b: Double) -> Double { abs(a / b - 1) }
          worst.time = max(worst.time, error(ours.duration.seconds, model.duration.seconds))
          let energyError = error(ours.energy.joules, model.energy.joules)
          if energyError > worst.energy {
            worst.energy = energyError
            worstName = "\(replica.model.name) on \(replica.gpu.name), \(rows) of \(context)"
          }
          perRow *= 1.19
        }
      }
    }
    print("interpolation error: time \(worst.time), energy \(worst.energy), \(worstName)")
    #expect(worst.time < 1.6e-3 && worst.energy < 1e-3)
  }
}
