internal import Foundation

/// A logarithmic scale with ticks at 1, 2 and 5 times the powers of ten, or at even steps where it
/// is short.
struct LogarithmicAxis {
  let domain: ClosedRange<Double>

  /// An axis that holds all of `values`, which are positive, with `margin` (a factor) to spare.
  init?(holding values: [Double], margin: Double) {
    guard let low = values.min(), let high = values.max(), low > 0 else { return nil }
    // A single value gets a stretch to stand in.
    let spare = high > low ? margin : max(margin, 1.1)
    domain = (low / spare)...(high * spare)
  }

  /// Shorter axes have even steps.
  private static let shortRatio = 12.0

  var ticks: [Double] {
    guard domain.upperBound > Self.shortRatio * domain.lowerBound else { return evenTicks }
    let first = Int(log10(domain.lowerBound).rounded(.down))
    let last = Int(log10(domain.upperBound).rounded(.up))
    return (first...last).flatMap { power in
      [1, 2, 5].map { $0 * pow(10, Double(power)) }
    }.filter(domain.contains)
  }

  private var evenTicks: [Double] {
    let width = (domain.upperBound - domain.lowerBound) / 5
    let power = pow(10, log10(width).rounded(.down))
    let lead = width / power
    let step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10)
    let first = Int((domain.lowerBound / step).rounded(.up))
    let last = Int((domain.upperBound / step).rounded(.down))
    guard first <= last else { return [domain.lowerBound, domain.upperBound] }
    return (first...last).map { Double($0) * step }
  }

  /// The `scale` of an encoding.
  var scale: JSONValue {
    [
      "type": "log", "nice": false,
      "domain": [.number(domain.lowerBound), .number(domain.upperBound)],
    ]
  }

  /// The `axis` of an encoding; labels that would touch are left out.
  var axis: JSONValue { axis(ticks: .array(ticks.map(JSONValue.number))) }

  /// The same of a channel (`x` or `y`) whose domain the reader may change.
  func axis(following channel: String) -> JSONValue {
    axis(ticks: ["expr": .string(Self.ticks(ofScale: channel))])
  }

  private func axis(ticks: JSONValue) -> JSONValue {
    [
      "values": ticks, "format": ",~r", "labelOverlap": "greedy", "labelSeparation": 6,
      "labelFlush": 14,
    ]
  }

  /// The same ticks as a Vega expression over the scale's present domain.
  private static func ticks(ofScale scale: String) -> String {
    let low = "domain('\(scale)')[0]"
    let high = "domain('\(scale)')[1]"
    let width = "((\(high) - \(low)) / 5)"
    let power = "pow(10, floor(log(\(width)) / LN10))"
    let lead = "(\(width) / \(power))"
    let step = "(\(power) * (\(lead) < 1.5 ? 1 : \(lead) < 3.5 ? 2 : \(lead) < 7.5 ? 5 : 10))"
    let even =
      "sequence(ceil(\(low) / \(step)) * \(step), \(high) + \(step) / 1e6, \(step))"
    let decades = -9...12
    let list = decades.flatMap { power in ["1e\(power)", "2e\(power)", "5e\(power)"] }
    // A decade holds three ticks, of which as many lie below a value as its leading digits say.
    func place(_ value: String) -> String {
      let decade = "floor(log(\(value)) / LN10)"
      let digits = "(\(value) / pow(10, \(decade)))"
      return "(3 * (\(decade) + \(-decades.lowerBound)) + (\(digits) <= 1 ? 0 : "
        + "\(digits) <= 2 ? 1 : \(digits) <= 5 ? 2 : 3))"
    }
    let wide = "slice([\(list.joined(separator: ","))], \(place(low)), \(place(high)))"
    return "\(high) > \(shortRatio) * \(low) ? \(wide) : \(even)"
  }
}
