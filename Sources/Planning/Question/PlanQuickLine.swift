public import Scenarios

/// A plan in one line: `model=qwen2.5-7b,gpu=h100-sxm+l40s,rate=50,prompt=500,output=200,…`.
public enum PlanQuickLine {
  static let place = "--quick"

  enum Key: String, CaseIterable {
    case model, gpu, inventory, strategy
    case tensorParallel = "tensor-parallel"
    case cap = "cap-w"
    case rate, prompt, output, task
    case timeToFirstToken = "ttft-ms"
    case timePerOutputToken = "tpot-ms"
    case endToEnd = "e2e-ms"
    case attainment, accuracy, growth, minimize, prices, grid
    case mostKilowatts = "most-kw"
    case spare, seed
  }

  public static let keyNames = Key.allCases.map(\.rawValue)

  /// The plan file that the line stands for.
  public static func text(of line: String) throws(InputError) -> String {
    let values = try read(line)
    func required(_ key: Key) throws(InputError) -> String {
      guard let value = values[key] else {
        throw InputError(
          file: place, problem: "missing key \"\(key.rawValue)\"",
          expectation: "\(key.rawValue)=…")
      }
      return value
    }
    return """
      seed: \(values[.seed] ?? "1")
      workload:
        arrivals: {process: poisson, rate: \(try required(.rate))}
        tasks: [{\(try task(values))}]
      fleet: {node: hgx-8, facility: industry-average}
      objectives:
        slo: {\(try objective(values))}
      plan:
        candidates:
          - {\(try candidate(values))}
      \(try inventory(values))\(planKeys(values))
      """
  }

  private static func read(_ line: String) throws(InputError) -> [Key: String] {
    var values: [Key: String] = [:]
    for part in line.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let key = Key(rawValue: sides[0]) else {
        throw InputError(
          file: place, problem: "unknown key \"\(sides.first ?? "")\"",
          expectation: "key=value of " + keyNames.joined(separator: ", "),
          suggestion: NearestName.to(sides.first ?? "", among: keyNames))
      }
      guard values.updateValue(sides[1], forKey: key) == nil else {
        throw InputError(
          file: place, problem: "\(key.rawValue) is there twice",
          expectation: "it once, with + between several values")
      }
    }
    return values
  }

  private static func task(_ values: [Key: String]) throws(InputError) -> String {
    var parts = [values[.task].map { "task: \($0)" } ?? "name: quick"]
    for key in [Key.prompt, .output] {
      if let value = values[key] {
        parts.append("\(key.rawValue): \(length(value))")
      } else if values[.task] == nil {
        throw InputError(
          file: place, problem: "missing key \"\(key.rawValue)\"",
          expectation: "\(key.rawValue)=TOKENS, or task=NAME with its own lengths")
      }
    }
    return parts.joined(separator: ", ")
  }

  /// `500`, `exp:500` or `lognormal:500:0.8` (by the mean and the deviation of the logarithm), as a
  /// scenario has them.
  private static func length(_ text: String) -> String {
    let parts = text.split(separator: ":")
    switch (parts.first, parts.count) {
    case ("exp", 2): return "{exponential: {mean: \(parts[1])}}"
    case ("lognormal", 3): return "{lognormal: {mean: \(parts[1]), ln_sd: \(parts[2])}}"
    default: return text
    }
  }

  private static func objective(_ values: [Key: String]) throws(InputError) -> String {
    let keys = [Key.timeToFirstToken, .timePerOutputToken, .endToEnd]
    let parts = keys.compactMap { key in
      values[key].map { "\(key.rawValue.replacing("-", with: "_")): \($0)" }
    }
    guard !parts.isEmpty else {
      throw InputError(
        file: place, problem: "no latency is asked for",
        expectation: "ttft-ms, tpot-ms, e2e-ms, at least one")
    }
    return parts.joined(separator: ", ")
  }

  private static func candidate(_ values: [Key: String]) throws(InputError) -> String {
    for key in [Key.model, .gpu] where values[key] == nil {
      throw InputError(
        file: place, problem: "missing key \"\(key.rawValue)\"",
        expectation: "one name, or several with + between")
    }
    let names: [(Key, String)] = [
      (.model, "model"), (.gpu, "gpu"), (.strategy, "strategy"),
      (.tensorParallel, "tensor_parallel_size"), (.cap, "cap_w"),
    ]
    return names.compactMap { key, name in
      values[key].map { value in
        let list = value.split(separator: "+").map { element in
          key == .tensorParallel || key == .cap ? String(element) : "\"\(element)\""
        }
        return "\(name): [\(list.joined(separator: ", "))]"
      }
    }.joined(separator: ", ")
  }

  /// `h100-sxm:8` is a node of eight, `h100-sxm:2x8` two of them; + stands between GPUs.
  private static func inventory(_ values: [Key: String]) throws(InputError) -> String {
    guard let value = values[.inventory] else { return "" }
    var entries: [String] = []
    var names: Set<Substring> = []
    for part in value.split(separator: "+") {
      let sides = part.split(separator: ":", omittingEmptySubsequences: false)
      let numbers = (sides.last ?? "").split(separator: "x", omittingEmptySubsequences: false)
        .map { Int($0) ?? 0 }
      guard sides.count == 2, numbers.count <= 2, numbers.allSatisfy({ $0 > 0 }) else {
        throw InputError(
          file: place, problem: "inventory is \"\(part)\"",
          expectation: "GPU:COUNT for one node, or GPU:NODESxCOUNT, with + between several GPUs")
      }
      guard names.insert(sides[0]).inserted else {
        throw InputError(
          file: place, problem: "inventory names \(sides[0]) twice", expectation: "every GPU once")
      }
      let (nodes, gpus) = numbers.count == 2 ? (numbers[0], numbers[1]) : (1, numbers[0])
      entries.append("\"\(sides[0])\": {nodes: \(nodes), gpus_per_node: \(gpus)}")
    }
    return "  inventory: {\(entries.joined(separator: ", "))}\n"
  }

  private static func planKeys(_ values: [Key: String]) -> String {
    let names: [(Key, String)] = [
      (.attainment, "attainment"), (.accuracy, "accuracy"), (.growth, "growth"),
      (.minimize, "minimize"), (.prices, "prices"), (.grid, "grid"),
      (.mostKilowatts, "most_kw"), (.spare, "spare_replicas"),
    ]
    return names.compactMap { key, name in values[key].map { "  \(name): \($0)\n" } }.joined()
  }
}
