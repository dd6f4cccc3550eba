public import Foundation
internal import Scenarios

/// How well the answer model predicts questions and models that its parameters have not seen: the
/// table of docs/answers.md.
public struct AnswerCheck {
  /// What a row is judged by.
  public enum Bar: Hashable, Sendable {
    /// At most so many times the error of the training questions' own figures.
    case timesRaw(Double)
    /// At most so many times the error of the reference: independence.
    case timesReference(Double)
    /// At most so many points of accuracy, of the pooled predictions.
    case points(Double)
  }

  /// One line of the table; errors are mean absolute ones, as shares.
  public struct Row: Sendable {
    public var quantity: String
    public var items: Int
    public var model: Double
    public var modelInterval: ClosedRange<Double>
    public var raw: Double?
    public var ratioInterval: ClosedRange<Double>?
    public var reference: Double
    public var pooled: Double
    /// Of one who knows every true figure: the noise of small folds.
    public var floor: Double?
    public var bar: Bar?

    public var ratio: Double? { raw.map { model / $0 } }

    /// Whether the bar is met; nil where the row has none.
    public var isMet: Bool? {
      switch bar {
      case .timesRaw(let limit): ratio.map { $0 <= limit }
      case .timesReference(let limit): model <= limit * reference
      case .points(let limit): pooled <= limit / 100
      case nil: nil
      }
    }
  }

  public var rows: [Row] = []

  /// Runs the check on a folder of published results and the task sheets in use.
  ///
  /// Each fold in turn is left out of the fits. `progress` is told the name of each set before it
  /// is worked on.
  public static func run(
    dataFolder: URL, tasks: [TaskSheetSource], repeats: Int = 10,
    folds: Int = 5, progress: (String) -> Void = { _ in }
  ) throws -> AnswerCheck {
    guard FileManager.default.fileExists(atPath: dataFolder.path) else {
      throw InputError(
        file: dataFolder.path, problem: "no such folder",
        expectation: "the folder of results per question")
    }
    let sets = AnswerSets(folder: dataFolder)
    var held = HeldOut()
    held.repeats = repeats
    held.folds = folds
    let sheets = try AnswerSheets(tasks)
    var check = AnswerCheck()
    progress("repeated samples: GPQA-Diamond")
    let gpqa = try RepeatedCheck(sets.repeated("gpqa"), sheet: sheets["gpqa-diamond"], held: held)
    check.rows += try gpqa.voteRows("GPQA-Diamond")
    check.rows.append(try gpqa.cascadeRow("GPQA-Diamond"))
    check.rows += try gpqa.capRows("GPQA-Diamond")
    progress("repeated samples: AIME")
    let aime = try RepeatedCheck(sets.repeated("aime"), sheet: sheets["aime"], held: held)
    check.rows += try aime.voteRows("AIME")
    let singles = [
      ("MMLU-Pro", "mmlu_pro/matrix.csv", "mmlu-pro", true),
      ("MATH level 5", "zeroeval/math-l5.csv", "math500", true),
      ("GSM8K", "zeroeval/gsm.csv", "gsm8k", false),
    ]
    for (name, file, sheet, isJudged) in singles {
      progress("one answer a question: \(name)")
      check.rows.append(
        try RescueCheck.row(name, sets.single(file), sheets[sheet], held, isJudged: isJudged))
    }
    progress("code")
    check.rows += try CoverageCheck.rows(sets.code(), held)
    progress("MATH-500, votes of 256")
    check.rows.append(try LargeVoteCheck.row(sets, sheets["math500"]))
    return check
  }
}

/// Where a task sheet comes from: its name and what it holds.
public typealias TaskSheetSource = (name: String, path: String)
