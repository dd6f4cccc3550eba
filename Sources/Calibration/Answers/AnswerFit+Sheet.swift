internal import AnswerModels
internal import Foundation
internal import Scenarios

extension AnswerFit {
  /// The task sheet as YAML: what was fitted, and prompts and modes word by word from `like`.
  ///
  /// `mode` is the key of the mode in which the models answered.
  public func sheet(name: String, mode: String, like: String) throws -> String {
    var lines = [
      "# Fitted by joulefleet calibrate fit --answers; prompts and lengths are those of the sheet",
      "# that it started from.",
      "name: \(name)", "summary: fitted to results per question", "answers:",
      "  kind: \(kind)",
    ]
    lines += Self.lines(
      "count", Figure(value: Double(count), error: 0, source: "as the command was told"), 1)
    lines += try Self.section("prompt_tokens", of: like)
    lines.append("item_response:")
    for (key, figure) in parameters { lines += Self.lines(key, figure, 1) }
    lines += try Self.section("modes", of: like)
    lines.append("models:")
    for (model, figure) in accuracies {
      lines += ["  \(Self.quoted(model)):", "    \(mode):"] + Self.lines("accuracy", figure, 3)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Errors on the questions left out, as text.
  public var table: String {
    var text = "Fitted to \(questions) questions; errors on \(leftOut) others, in points:\n"
    for line in check {
      text +=
        "  \(line.quantity): \(FiveDigits.percent(line.model)) over \(line.items), "
        + "other \(FiveDigits.percent(line.reference))\n"
    }
    return text
  }

  private var kind: String {
    switch answers {
    case .choices: "choices"
    case .open: "open"
    case .verified: "verified"
    case .unjudged: "unjudged"
    }
  }

  private var count: Int {
    if case .choices(let options) = answers { options } else { answers.wrongAnswers }
  }

  private static func lines(_ key: String, _ figure: Figure, _ depth: Int) -> [String] {
    let pad = String(repeating: "  ", count: depth)
    return [
      "\(pad)\(key):", "\(pad)  value: \(FiveDigits.text(figure.value))", "\(pad)  unit: \"1\"",
      "\(pad)  error: \(FiveDigits.text(figure.error))", "\(pad)  source: >-",
      "\(pad)    \(figure.source)",
    ]
  }

  /// The lines of a top-level key and what belongs to it.
  private static func section(_ key: String, of text: String) throws -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(of: "\(key):") else {
      throw InputError(
        problem: "the sheet to start from has no \(key)", expectation: "a task sheet")
    }
    return [lines[start]] + lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
  }

  private static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
