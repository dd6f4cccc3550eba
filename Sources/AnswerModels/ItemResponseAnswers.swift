public import Workloads

/// Answers by item response: accuracy, agreement and lengths from one latent difficulty.
///
/// Each task, model and mode is right as often as published, over queries of difficulty uniform
/// in (0, 1); a workload that tilts difficulty moves that. A query's luck belongs to
/// (seed, query, model, mode, sample): arms of one model share its view of the query, a vote's
/// first sample is the single sample, and no policy or order of calls changes any of it.
public struct ItemResponseAnswers: AnswerModel {
  private let armCount: Int
  /// By task, then arm.
  private let cells: [ArmBehavior]

  /// Solves for the ability of each arm in each task.
  ///
  /// `tasks` and `arms` are in the order of the indices that queries and calls use.
  public init(
    tasks: [TaskSheet], arms: [ArmSpecification], seed: UInt64
  ) throws(AnswerModelError) {
    armCount = arms.count
    var cells: [ArmBehavior] = []
    for task in tasks {
      var solver: AbilitySolver?
      if let response = task.itemResponse {
        solver = try AbilitySolver(task: task, response: response)
      }
      for arm in arms {
        cells.append(try ArmBehavior(arm: arm, task: task, solver: solver, seed: seed))
      }
    }
    self.cells = cells
  }

  public func promptTokens(of query: Query, arm: Int) -> Int {
    query.promptTokens + cells[query.task * armCount + arm].instructionTokens
  }

  /// A length that a trace recorded stands; otherwise it is drawn.
  public func lengths(of query: Query, arm: Int, sample: Int) -> SampleLengths {
    cells[query.task * armCount + arm].lengths(of: query, sample: sample)
  }

  public func isCorrect(_ query: Query, arm: Int) -> Bool? {
    if let recorded = query.recordedIsCorrect { return recorded }
    return cells[query.task * armCount + arm].isCorrect(query)
  }

  // MARK: Arms of several attempts

  public func attempts(of query: Query, arm: Int, after course: AnswerCourse) -> [Attempt] {
    cells[query.task * armCount + arm].course?.attempts(of: query, after: course) ?? []
  }

  public func isDecided(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool {
    cells[query.task * armCount + arm].course?.isDecided(query, by: course) ?? false
  }

  public func isCorrect(_ query: Query, arm: Int, by course: AnswerCourse) -> Bool? {
    guard let own = cells[query.task * armCount + arm].course else {
      return isCorrect(query, arm: arm)
        .map { $0 && course.ended.contains(where: \.isComplete) }
    }
    return own.isCorrect(query, by: course)
  }

  public func confidence(
    in query: Query, arm: Int, sample: Int, reasoningTokens: Int
  ) -> Double? {
    cells[query.task * armCount + arm].course?
      .confidence(in: query, sample: sample, reasoningTokens: reasoningTokens)
  }
}
