/// Figures from which no answer model can be made.
public enum AnswerModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The task's sheet says nothing of this model in this mode.
  case noFigures(task: String, model: String, mode: ReasoningMode, known: [String])
  /// No ability gives this accuracy: it lies outside the open interval that the task allows.
  case unreachableAccuracy(
    Double, task: String, model: String, mode: ReasoningMode, above: Double, below: Double)
  /// A parameter outside the range in which the model means anything.
  case invalidParameter(String, value: Double, expected: String)

  public var description: String {
    switch self {
    case .noFigures(let task, let model, let mode, let known):
      """
      task \(task) has no accuracy of model '\(model)' in mode \(mode.rawValue); \
      it has \(known.joined(separator: ", "))
      """
    case .unreachableAccuracy(let accuracy, let task, let model, let mode, let above, let below):
      """
      task \(task), model \(model), mode \(mode.rawValue): accuracy \(accuracy) is outside \
      what the task's parameters allow, above \(above) and below \(below)
      """
    case .invalidParameter(let name, let value, let expected):
      "\(name) is \(value) where \(expected) is expected"
    }
  }
}
