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
      throw error.inputError(file: file, text: text)
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
  /// What libyaml complains of, with its place, in our words where people often meet it.
  fileprivate func inputError(file: String, text: String) -> InputError {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Self.syntax(problem, file: file, line: mark.line, column: mark.column, text: text)
    case .reader(let problem, _, _, _):
      InputError(file: file, problem: "not YAML: \(problem)", expectation: "YAML")
    case .duplicatedKeysInMapping(let keys, let context):
      Self.duplicate(keys.first ?? "", at: context.mark, file: file, text: text)
    default:
      InputError(file: file, problem: "not YAML: \(self)", expectation: "YAML")
    }
  }

  private static func syntax(
    _ problem: String, file: String, line: Int, column: Int, text: String
  ) -> InputError {
    func error(_ problem: String, _ expectation: String) -> InputError {
      InputError(
        file: file, line: line, column: column, problem: problem, expectation: expectation)
    }
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let isIndentedByTab =
      lines.indices.contains(line - 1)
      && lines[line - 1].prefix { $0.isWhitespace }.contains("\t")
    if isIndentedByTab { return error("the line is indented by a tab", "blanks, as YAML has it") }
    if problem.contains("another document") {
      return error("a second document begins here", "one, without a line of ---")
    }
    let isOpen = problem.contains("did not find expected")
    return error(
      "not YAML: \(problem)", isOpen ? "YAML; is a bracket or a quote above still open?" : "YAML")
  }

  /// The first of two equal keys, and where the other one is if it begins a line.
  private static func duplicate(
    _ key: String, at mark: Mark, file: String, text: String
  ) -> InputError {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let again = lines.indices.dropFirst(mark.line).first { index in
      let line = lines[index]
      let rest = line.dropFirst(mark.column - 1)
      guard line.prefix(mark.column - 1).allSatisfy({ " -".contains($0) }) else { return false }
      return rest.hasPrefix(key) && rest.dropFirst(key.count).first { $0 != " " } == ":"
    }
    let place = again.map { ", again in line \($0 + 1)" } ?? ""
    return InputError(
      file: file, line: mark.line, column: mark.column,
      problem: "key \"\(key)\" is there more than once\(place)", expectation: "it once")
  }
}
