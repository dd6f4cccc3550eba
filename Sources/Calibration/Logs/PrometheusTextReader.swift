internal import Foundation
internal import Scenarios

/// Scrapes of `/metrics` one after another.
///
/// A sample's time is its own timestamp (ms), or that of the line above its scrape:
/// `# scrape 1738328759.5`, or the bare number that `date +%s.%N` prints.
struct PrometheusTextReader {
  private let file: String
  private var log: MetricLog
  /// Time of the scrape being read, s since 1970; nil before any is told.
  private var scrape: Double?

  private init(file: String) {
    self.file = file
    log = MetricLog(place: LogPlace(file: file))
  }

  static func read(_ url: URL, file: String) throws -> MetricLog {
    var reader = PrometheusTextReader(file: file)
    try LogLines.forEach(in: url, file: file) { number, line in
      try reader.take(LogNumber.trim(line), line: number)
      return true
    }
    return reader.log
  }

  private mutating func take(_ line: ArraySlice<UInt8>, line number: Int) throws {
    guard let first = line.first else { return }
    if first == UInt8(ascii: "#") {
      let words = String(decoding: line.dropFirst(), as: UTF8.self).split(separator: " ")
      guard words.count == 2, ["scrape", "time"].contains(words[0]) else { return }
      scrape = LogNumber.finite(String(words[1]))
      return
    }
    if (0x30...0x39).contains(first), let time = LogNumber.finite(line) {
      scrape = time
      return
    }
    try sample(String(decoding: line, as: UTF8.self), line: number)
  }

  private mutating func sample(_ text: String, line number: Int) throws {
    let place = LogPlace(file: file, line: number)
    let name = String(text.prefix { $0 != "{" && $0 != " " && $0 != "\t" })
    guard MetricKind.byName[name] != nil else { return }
    var rest = text.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      guard let parsed = Self.labels(&rest) else {
        throw place.error("the labels of \(name) do not end", expected: "{name=\"value\",…}")
      }
      labels = parsed
    }
    let words = rest.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let value = words.first, words.count <= 2 else {
      throw place.error("\(name) has no value", expected: "a number and perhaps a time in ms")
    }
    if ["NaN", "+Inf", "-Inf"].contains(value) { return }
    guard let number = LogNumber.finite(value) else {
      throw place.error("\(name) is \"\(value)\"", expected: "a number")
    }
    guard let time = words.count == 2 ? LogNumber.finite(words[1]).map({ $0 * 1e-3 }) : scrape
    else {
      throw place.error(
        "nobody says when \(name) was scraped",
        expected: "a timestamp after the value, or \"# scrape SECONDS\" above the scrape")
    }
    try log.add(name, labels, number, at: time, line: place.line)
  }

  /// Reads `{a="b",c="d"}`, its escapes resolved, and leaves what follows.
  private static func labels(_ rest: inout Substring) -> [String: String]? {
    rest.removeFirst()
    var labels: [String: String] = [:]
    while true {
      rest = rest.drop { $0 == " " || $0 == "," }
      if rest.first == "}" {
        rest.removeFirst()
        return labels
      }
      let key = String(rest.prefix { $0 != "=" && $0 != "}" })
      rest = rest.dropFirst(key.count)
      guard rest.first == "=" else { return nil }
      rest = rest.dropFirst()
      guard rest.first == "\"", let value = quoted(&rest) else { return nil }
      labels[key] = value
    }
  }

  private static func quoted(_ rest: inout Substring) -> String? {
    rest.removeFirst()
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return value
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        value.append(next == "n" ? "\n" : next)
      default: value.append(character)
      }
    }
    return nil
  }
}

/// The answer of Prometheus to `query_range`: a matrix of raw metrics.
struct PrometheusJSONReader {
  let place: LogPlace
  let json: LogJSON

  static func recognises(_ json: LogJSON) -> Bool { json["data"]?["resultType"] != nil }

  func read(into log: inout MetricLog) throws {
    let type = json["data"]?["resultType"]?.text ?? ""
    guard type == "matrix", let results = json["data"]?["result"]?.elements else {
      throw place.error("the answer is a \(type)", expected: "a matrix: ask /api/v1/query_range")
    }
    for result in results {
      guard case .object(let members)? = result["metric"] else {
        throw place.error("a result has no metric", expected: "metric and values")
      }
      var labels: [String: String] = [:]
      for member in members { labels[member.key] = member.value.text }
      guard let name = labels.removeValue(forKey: "__name__") else {
        throw place.error(
          "a result has no __name__", expected: "the raw metric, without rate() or sum()")
      }
      for value in result["values"]?.elements ?? [] {
        guard let pair = value.elements, pair.count == 2, let time = pair[0].number else {
          throw place.error(
            "a value of \(name) is \(value.kind)", expected: "[seconds, \"number\"]")
        }
        guard let number = pair[1].number ?? pair[1].text.flatMap(LogNumber.finite) else {
          continue
        }
        try log.add(name, labels, number, at: time, line: nil)
      }
    }
  }
}
