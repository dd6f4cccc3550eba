internal import Yams

/// The text of a scenario with some of its values replaced.
///
/// What comes out is a scenario file of its own: it can be kept, and simulated alone. Comments
/// and layout are lost.
public enum ScenarioVariant {
  /// `text` without the keys at `removing`, as far as they are there, and then with every setting
  /// in its place, in their order; keys that are not there are added.
  ///
  /// Throws an `InputError` where a path leads through something that has no such place. Whether
  /// the scenario takes the key and the value is seen when it is read.
  public static func text(
    of text: String, file: String, settings: [ScenarioSetting], removing removed: [String] = []
  ) throws -> String {
    guard !settings.isEmpty || !removed.isEmpty else { return text }
    _ = try YAMLDocument.root(of: text, file: file)
    guard var root = try compose(yaml: text, .basic) else {
      throw InputError(file: file, problem: "the file is empty")
    }
    for path in removed {
      root = NodePath(steps: try KeySteps(path), file: file).removing(from: root, at: 0)
    }
    for setting in settings {
      let steps = try KeySteps(setting.path)
      let value = try node(of: setting)
      root = try NodePath(steps: steps, file: file).replacing(in: root, from: 0, by: value)
    }
    return try serialize(node: root, width: -1, allowUnicode: true)
  }

  /// What stands at the path, as YAML would have it; nil where nothing does.
  public static func value(
    at path: String, in text: String, file: String
  ) throws -> String? {
    let steps = try KeySteps(path)
    guard let root = try compose(yaml: text, .basic),
      let node = NodePath(steps: steps, file: file).find(in: root, from: 0)
    else { return nil }
    if let scalar = node.scalar { return scalar.string }
    let written = try serialize(node: node, width: -1, allowUnicode: true)
    return String(written.reversed().drop(while: \.isNewline).reversed())
  }

  /// The same in one line, so that it can stand inside another value.
  public static func flowValue(
    at path: String, in text: String, file: String
  ) throws -> String? {
    guard let root = try compose(yaml: text, .basic),
      let node = NodePath(steps: try KeySteps(path), file: file).find(in: root, from: 0)
    else { return nil }
    let written = try serialize(
      node: node.inFlowStyle, width: -1, allowUnicode: true)
    return String(written.reversed().drop(while: \.isNewline).reversed())
  }

  private static func node(of setting: ScenarioSetting) throws -> Node {
    let empty = InputError(
      problem: "\(setting.path) is set to nothing", expectation: "a value, as YAML writes it")
    do {
      guard let node = try compose(yaml: setting.value, .basic) else { throw empty }
      if let scalar = node.scalar, scalar.string.isEmpty { throw empty }
      return node
    } catch is YamlError {
      throw InputError(
        problem: "the value of \(setting.path) is \"\(setting.value)\"",
        expectation: "a value, as YAML writes it")
    }
  }
}

/// A way through the nodes of a YAML document.
private struct NodePath {
  let steps: KeySteps
  let file: String

  /// `node` with what the path from `index` on leads to replaced by `value`.
  func replacing(in node: Node, from index: Int, by value: Node) throws(InputError) -> Node {
    guard index < steps.steps.count else { return value }
    switch node {
    case .mapping(var mapping):
      let key = Node(String(steps.steps[index]), Tag(.implicit))
      let position = mapping.firstIndex { $0.key.scalar?.string == key.scalar?.string }
      let old = position.map { mapping[$0].value } ?? Node.mapping(.init([]))
      let new = try replacing(in: old, from: index + 1, by: value)
      if let position {
        mapping[mapping[position].key] = new
      } else {
        mapping[key] = new
      }
      return .mapping(mapping)
    case .sequence(var sequence):
      let (position, next) = try element(of: sequence, from: index)
      sequence[position] = try replacing(in: sequence[position], from: next, by: value)
      return .sequence(sequence)
    case .scalar, .alias:
      throw InputError(
        file: file, line: node.mark?.line, column: node.mark?.column,
        problem: "\(steps.prefix(index)) is a single value, so \(steps.path) leads nowhere",
        expectation: steps.prefix(index))
    }
  }

  /// `node` without the key that the path from `index` on leads to; as it is where there is none.
  func removing(from node: Node, at index: Int) -> Node {
    switch node {
    case .mapping(var mapping):
      let step = String(steps.steps[index])
      guard let position = mapping.firstIndex(where: { $0.key.scalar?.string == step }) else {
        return node
      }
      let entry = mapping[position]
      if index + 1 == steps.steps.count {
        mapping[entry.key] = nil
      } else {
        mapping[entry.key] = removing(from: entry.value, at: index + 1)
      }
      return .mapping(mapping)
    case .sequence(var sequence):
      guard let (position, next) = try? element(of: sequence, from: index),
        next < steps.steps.count
      else { return node }
      sequence[position] = removing(from: sequence[position], at: next)
      return .sequence(sequence)
    case .scalar, .alias: return node
    }
  }

  /// Nil where the path leads to nothing.
  func find(in node: Node, from index: Int) -> Node? {
    guard index < steps.steps.count else { return node }
    if let mapping = node.mapping {
      return mapping.first { $0.key.scalar?.string == String(steps.steps[index]) }
        .flatMap { find(in: $0.value, from: index + 1) }
    }
    guard let sequence = node.sequence,
      let (position, next) = try? element(of: sequence, from: index)
    else { return nil }
    return find(in: sequence[position], from: next)
  }

  /// The element that the step at `index` means, by position or by name, and the step after it.
  /// Names may hold dots, so the longest that fits counts.
  private func element(
    of sequence: Node.Sequence, from index: Int
  ) throws(InputError) -> (position: Int, next: Int) {
    if let position = Int(steps.steps[index]), sequence.indices.contains(position) {
      return (position, index + 1)
    }
    let names = sequence.map(Self.name)
    for end in (index + 1...steps.steps.count).reversed() {
      let wanted = steps.steps[index..<end].joined(separator: ".")
      if let position = names.firstIndex(of: wanted) { return (position, end) }
    }
    let known = names.compactMap(\.self)
    let written = String(steps.steps[index])
    throw InputError(
      file: file, problem: "\(steps.prefix(index)) has no element \"\(written)\"",
      expectation: InputError.oneOf(known.isEmpty ? ["a position from 0"] : known)
        + (known.isEmpty ? "" : ", or a position from 0 to \(sequence.count - 1)"),
      suggestion: NearestName.to(written, among: known))
  }

  /// By what an element of a list is called.
  private static func name(_ node: Node) -> String? {
    guard let mapping = node.mapping else { return nil }
    for key in ["name", "task"] {
      if let value = mapping.first(where: { $0.key.scalar?.string == key })?.value.scalar {
        return value.string
      }
    }
    return nil
  }
}

extension Node {
  /// The node with all that is in it between braces and brackets.
  fileprivate var inFlowStyle: Node {
    switch self {
    case .mapping(var mapping):
      mapping.style = .flow
      for key in mapping.keys { mapping[key] = mapping[key]?.inFlowStyle }
      return .mapping(mapping)
    case .sequence(var sequence):
      sequence.style = .flow
      for index in sequence.indices { sequence[index] = sequence[index].inFlowStyle }
      return .sequence(sequence)
    case .scalar, .alias: return self
    }
  }
}
