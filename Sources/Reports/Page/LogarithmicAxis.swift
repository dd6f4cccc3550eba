internal import Foundation

/// A logarithmic scale with ticks at 1, 2 and 5 times the powers of ten, or more where it is short.
struct LogarithmicAxis {
  let domain: ClosedRange<Double>

  /// An axis that holds all of `values`, which are positive, with `margin` (a factor) to spare.
  init?(holding values: [Double], margin: Double) {
    guard let low = values.min(), let high = values.max(), low > 0 else { return nil }
    domain = (low / margin)...(high * margin)
  }

  var ticks: [Double] {
    let first = Int(log10(domain.lowerBound).rounded(.down))
    let last = Int(log10(domain.upperBound).rounded(.up))
    let isShort = domain.upperBound < 10 * domain.lowerBound
    let leading = isShort ? [1, 1.5, 2, 3, 4, 5, 6, 8] : [1, 2, 5]
    return (first...last).flatMap { power in
      leading.map { $0 * pow(10, Double(power)) }
    }.filter(domain.contains)
  }

  /// The `scale` of an encoding.
  var scale: JSONValue {
    [
      "type": "log", "nice": false,
      "domain": [.number(domain.lowerBound), .number(domain.upperBound)],
    ]
  }

  /// The `axis` of an encoding; labels that would touch are left out.
  var axis: JSONValue {
    [
      "values": .array(ticks.map(JSONValue.number)), "format": ",~r", "labelOverlap": "greedy",
      "labelSeparation": 6,
    ]
  }
}
