internal import Yams

/// One policy for each value of a key: `sweep: {at: [0.2, 0.4]}` inside a policy.
///
/// A key is a path from the policy, `choose.at`; one that the policy does not hold itself is
/// looked for in `choose`. Several keys are combined, each value of one with each of the others.
/// Errors still point at what the file says, for every value is read where it stands.
enum PolicySweep {
  /// A policy of the file or one that a sweep made of it.
  struct Variant {
    var value: YAMLValue
    /// The swept policy's name; nil where nothing is swept.
    var family: String?
  }

  /// Keys of a policy itself, which a sweep may give where the policy does not.
  private static let ownKeys: Set = ["route", "deploy", "engine"]

  /// Most policies of one sweep.
  private static let limit = 100

  static func variants(of entry: YAMLValue) throws -> [Variant] {
    guard let mapping = entry.node.mapping, let sweep = mapping.value(of: "sweep") else {
      return [Variant(value: entry, family: nil)]
    }
    let swept = YAMLValue(
      node: sweep, file: entry.file, parentPath: entry.path, label: "sweep")
    let axes = try swept.mapping { yaml in
      try yaml.keys.map { key in
        (path: path(key, in: mapping), values: try yaml[key].list { try $0.scalarNode() })
      }
    }
    guard !axes.isEmpty else { throw swept.isNot("at least one key with a list of values") }
    let count = axes.reduce(1) { $0 * $1.values.count }
    guard count <= limit else {
      throw swept.error("the sweep makes \(count) policies", expected: "at most \(limit)")
    }
    let name = try entry.openMapping()["name"]
    let family = try name.string()
    return combinations(axes.map(\.values)).map { values in
      var node = mapping.removing("sweep")
      for (axis, value) in zip(axes, values) { node = node.setting(axis.path[...], to: value) }
      let label = ([family] + values.map { $0.scalar?.string ?? "" }).joined(separator: "-")
      node = node.setting(["name"], to: name.node.withText(label))
      return Variant(
        value: YAMLValue(
          node: .mapping(node), file: entry.file, parentPath: entry.parentPath,
          label: entry.label), family: family)
    }
  }

  private static func path(_ key: String, in policy: Node.Mapping) -> [String] {
    let parts = key.split(separator: ".").map(String.init)
    guard let first = parts.first, !ownKeys.contains(first), policy.value(of: first) == nil else {
      return parts
    }
    return ["choose"] + parts
  }

  /// The first list changes slowest.
  private static func combinations(_ lists: [[Node]]) -> [[Node]] {
    lists.reduce([[]]) { heads, list in heads.flatMap { head in list.map { head + [$0] } } }
  }
}

extension YAMLValue {
  fileprivate func scalarNode() throws(InputError) -> Node {
    _ = try string()
    return node
  }
}

extension Node {
  /// The same scalar, in its place in the file, with another text.
  fileprivate func withText(_ text: String) -> Node {
    guard case .scalar(var scalar) = self else { return self }
    scalar.string = text
    return .scalar(scalar)
  }
}

extension Node.Mapping {
  fileprivate func value(of key: String) -> Node? {
    first { $0.key.scalar?.string == key }?.value
  }

  fileprivate func removing(_ key: String) -> Node.Mapping {
    rebuilt(filter { $0.key.scalar?.string != key }.map { ($0.key, $0.value) })
  }

  /// The mapping with the value at a path replaced, or added where there is none.
  fileprivate func setting(_ path: ArraySlice<String>, to value: Node) -> Node.Mapping {
    guard let key = path.first else { return self }
    let rest = path.dropFirst()
    var isFound = false
    var pairs = map { pair -> (Node, Node) in
      guard pair.key.scalar?.string == key else { return (pair.key, pair.value) }
      isFound = true
      guard !rest.isEmpty, let inner = pair.value.mapping else { return (pair.key, value) }
      return (pair.key, .mapping(inner.setting(rest, to: value)))
    }
    if !isFound, rest.isEmpty {
      pairs.append((.scalar(Node.Scalar(key, .implicit, .plain, value.mark)), value))
    }
    return rebuilt(pairs)
  }

  private func rebuilt(_ pairs: [(Node, Node)]) -> Node.Mapping {
    Node.Mapping(pairs, tag, style, mark)
  }
}
