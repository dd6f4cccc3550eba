public import Scenarios

/// Reads what follows `--vary`: `key=a,b,c`, `key=1..8`, `key=1..8/2`, `key=0.1..10:5:log`.
public enum SweepAxisReader {
  static let place = "--vary"
  static let expectation =
    "key=a,b,c, key=1..8, key=1..8/2 (steps), key=0.5..2:4 (so many) or key=1..64:4:log"

  public static func read(_ text: String) throws(InputError) -> SweepAxis {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw error("\"\(text)\" is no key with values", expected: expectation)
    }
    let path = String(text[..<sign])
    let written = String(text[text.index(after: sign)...])
    guard !written.isEmpty else {
      throw error("\(path) has no values", expected: expectation)
    }
    if let range = try range(written, path: path) {
      return SweepAxis(path: path, values: range, text: text)
    }
    let list = elements(of: written)
    guard list.allSatisfy({ !$0.isEmpty }) else {
      throw error("one of the values of \(path) is empty", expected: expectation)
    }
    guard Set(list).count == list.count else {
      throw error("\(path) has a value twice", expected: "each once")
    }
    return SweepAxis(path: path, values: .list(list), text: text)
  }

  /// Commas inside quotes, brackets and braces belong to a value.
  private static func elements(of text: String) -> [String] {
    var elements = [""]
    var depth = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if "[{(".contains(character) {
        depth += 1
      } else if "]})".contains(character) {
        depth -= 1
      } else if character == ",", depth == 0 {
        elements.append("")
        continue
      }
      elements[elements.count - 1].append(character)
    }
    return elements.map { String($0.trimmingBlanks) }
  }

  /// Nil where the text is no range.
  private static func range(
    _ text: String, path: String
  ) throws(InputError) -> SweepAxis.Values? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let parts = text[dots.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
    let ends = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard let low = Double(String(text[..<dots.lowerBound])), low.isFinite,
      let high = Double(String(ends[0])), high.isFinite
    else { return nil }
    let isLogarithmic = parts.last == "log"
    var spacing = SweepAxis.Spacing.unstated
    let counts = parts.dropFirst().dropLast(isLogarithmic ? 1 : 0)
    if ends.count == 2, counts.isEmpty, !isLogarithmic, let step = Double(String(ends[1])), step > 0
    {
      guard (high - low) / step <= Double(SweepAxis.mostValues) else { throw tooMany(path) }
      spacing = .step(step)
    } else if ends.count == 1, counts.count == 1, let count = Int(String(counts[1])), count > 0 {
      guard count <= SweepAxis.mostValues else { throw tooMany(path) }
      spacing = .count(count)
    } else if ends.count > 1 || !counts.isEmpty {
      throw error("\(path) is \"\(text)\"", expected: expectation)
    }
    guard low <= high, !isLogarithmic || low > 0 else {
      throw error(
        "\(path) goes from \(text[..<dots.lowerBound]) to \(ends[0])",
        expected: isLogarithmic ? "0 < low ≤ high" : "low ≤ high")
    }
    let isWhole = !(text[..<dots.lowerBound] + ends[0]).contains { ".eE".contains($0) }
    if isWhole, spacing == .unstated, high - low > Double(SweepAxis.mostValues), !isLogarithmic {
      throw tooMany(path)
    }
    return .range(
      low: low, high: high, isWhole: isWhole, isLogarithmic: isLogarithmic, spacing: spacing)
  }

  private static func tooMany(_ path: String) -> InputError {
    error("\(path) has too many values", expected: "at most \(SweepAxis.mostValues)")
  }

  private static func error(_ problem: String, expected expectation: String) -> InputError {
    InputError(file: place, problem: problem, expectation: expectation)
  }
}

extension StringProtocol {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
