internal import Foundation
internal import Yams

/// YAML text or files as mappings; whatever is wrong with them becomes an `InputError`.
public enum YAMLDocument {
  /// Reads the mapping at the top level of `text`; keys that `body` does not ask for are errors.
  ///
  /// `file` is the name that errors carry.
  public static func read<Result>(
    text: String, file: String, _ body: (YAMLMapping) throws -> Result
  ) throws -> Result {
    try root(of: text, file: file).read(body)
  }

  /// The same for a file.
  public static func read<Result>(
    path: String, _ body: (YAMLMapping) throws -> Result
  ) throws -> Result {
    try read(text: InputFile.text(at: path), file: path, body)
  }

  static func root(of text: String, file: String) throws(InputError) -> YAMLMapping {
    let root: Node?
    do {
      // No resolver: what a scalar means is decided by what the reading code asks for.
      root = try compose(yaml: text, .basic)
    } catch let error as YamlError {
      throw error.inputError(file: file)
    } catch {
      throw InputError(file: file, problem: "\(error)", expectation: "YAML")
    }
    let expectation = "a mapping of keys to values"
    guard let root, !isNothing(root) else {
      throw InputError(file: file, problem: "the file is empty", expectation: expectation)
    }
    guard let mapping = root.mapping else {
      throw InputError(
        file: file, line: root.mark?.line, column: root.mark?.column,
        problem: "the file holds \(root.sequence == nil ? "a single value" : "a list")",
        expectation: expectation)
    }
    return try YAMLMapping(mapping, file: file, path: "")
  }

  private static func isNothing(_ node: Node) -> Bool {
    node.scalar.map { $0.string.isEmpty && $0.style == .plain } ?? false
  }
}

extension YamlError {
  /// What libyaml complains of, with its place.
  fileprivate func inputError(file: String) -> InputError {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      InputError(
        file: file, line: mark.line, column: mark.column, problem: "not YAML: \(problem)")
    case .reader(let problem, _, _, _):
      InputError(file: file, problem: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      InputError(
        file: file, line: context.mark.line, column: context.mark.column,
        problem: "key \"\(keys.first ?? "")\" is there more than once", expectation: "it once")
    default:
      InputError(file: file, problem: "not YAML: \(self)")
    }
  }
}
