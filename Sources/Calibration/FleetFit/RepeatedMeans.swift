internal import DeviceModels
internal import Foundation

/// Rows of means that stand in two files, as tables do and the records that they were made from.
struct RepeatedMeans: Sendable {
  /// The file that held a row first.
  private var files: [ServingWindow.Means: String] = [:]
  private var counts: [String: Int] = [:]

  /// Whether another file held the row already.
  mutating func holds(_ window: ServingWindow) -> Bool {
    let file = window.place.file
    guard let first = files[window.means], first != file else {
      files[window.means] = file
      return false
    }
    counts["\(first) holds \u{1} rows of \(file) too; these are left out", default: 0] += 1
    return true
  }

  /// A sentence for each pair of files.
  var notes: [String] {
    counts.sorted { $0.key < $1.key }.map { $0.key.replacing("\u{1}", with: "\($0.value)") }
  }
}

extension ServingWindow {
  /// What tells a row of means from any other, to eight digits: more than meters have.
  struct Means: Hashable {
    let gpu: String
    let replica: String
    let numbers: [Int64]
  }

  var means: Means {
    Means(
      gpu: replica.gpu.name, replica: replica.name,
      numbers: [decodeRows, promptTokens, outputTokens, interTokenSeconds, wattsPerGPU ?? 0]
        .map(Self.eightDigits))
  }

  private static func eightDigits(_ value: Double) -> Int64 {
    guard value > 0, value.isFinite else { return 0 }
    let exponent = Int(log10(value).rounded(.down))
    let digits = (value / pow(10, Double(exponent - 7))).rounded()
    return Int64(digits) * 1000 + Int64(exponent)
  }
}
