/// The keys and values of `joulefleet curves`, each a list of values of its kind.
struct CurveLine {
  enum Key: String, CaseIterable {
    case gpu, model
    case tensorParallel = "tensor-parallel"
    case batch, context, input, output
    case clock = "clock-mhz"
    case cap = "cap-w"
    case tokenBudget = "token-budget"

    /// As the same thing is called in a quick line.
    static let synonyms = ["concurrency": Key.batch, "prompt": .input]
  }

  private var values: [Key: [String]] = [:]

  init(_ items: [String]) throws(InputError) {
    for item in items {
      let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0])
      guard let key = Key(rawValue: name) ?? Key.synonyms[name] else {
        throw InputError(
          problem: "unknown key \"\(name)\"", expectation: InputError.oneOf(CurveRequest.keyNames),
          suggestion: NearestName.to(name, among: CurveRequest.keyNames))
      }
      let list = sides.count > 1 ? sides[1].split(separator: ",").map(String.init) : []
      guard !list.isEmpty else {
        throw InputError(
          problem: "\(name) has no value",
          expectation: "\(name)=VALUE, or several with commas between")
      }
      guard values[key] == nil else {
        throw InputError(problem: "\(key.rawValue) is there more than once")
      }
      values[key] = list.unique
    }
  }

  func has(_ key: Key) -> Bool { values[key] != nil }

  /// Names as they are written, at least one.
  func words(_ key: Key) throws(InputError) -> [String] {
    guard let list = values[key] else {
      throw InputError(
        problem: "missing key \"\(key.rawValue)\"", expectation: "\(key.rawValue)=…")
    }
    return list
  }

  /// Whole numbers in ascending order; nil where there are none.
  func ints(_ key: Key, upTo most: Int) throws(InputError) -> [Int]? {
    guard let list = values[key] else { return nil }
    var numbers: [Int] = []
    for text in list {
      guard let number = NumberSyntax.int(text), (1...most).contains(number) else {
        throw Self.isNot(key, text, "a whole number ≥ 1 and ≤ \(most)")
      }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  /// Numbers in ascending order; their range depends on the GPU.
  func positives(_ key: Key) throws(InputError) -> [Double]? {
    guard let list = values[key] else { return nil }
    var numbers: [Double] = []
    for text in list {
      guard let number = NumberSyntax.double(text), Bounds.positive.contains(number) else {
        throw Self.isNot(key, text, "\(Bounds.positive)")
      }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  static func isNot(_ key: Key, _ value: String, _ expectation: String) -> InputError {
    InputError(problem: "\(key.rawValue) is \"\(value)\"", expectation: expectation)
  }
}
