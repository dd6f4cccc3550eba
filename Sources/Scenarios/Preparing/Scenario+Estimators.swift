internal import AnswerModels
internal import NumericalMethods
internal import Policies
internal import Workloads

/// What policies know of difficulty, and what they have learned of the arms beforehand.
extension Scenario {
  func makeEstimator(
    _ specification: EstimatorSpecification, seed: UInt64
  ) throws -> any DifficultyEstimator {
    switch specification.quality {
    case .oracle: return OracleDifficultyEstimator()
    case .correlation(let correlation):
      return NoisyDifficultyEstimator(correlation: correlation, seed: seed)
    case .medianSplitAUC(let auc):
      return NoisyDifficultyEstimator(
        correlation: NoisyDifficultyEstimator.correlation(medianSplitAUC: auc), seed: seed)
    case .column(let column): return ColumnDifficultyEstimator(column: column)
    case .promptLength:
      var lengths = Array(repeating: [Int](), count: workload.tasks.count)
      for query in try trainingQueries(Self.typicalQueries) {
        lengths[query.task].append(query.promptTokens)
      }
      return PromptLengthEstimator(typicalLengths: lengths)
    }
  }

  /// Queries whose prompts rank those that come.
  private static let typicalQueries = 4_000

  /// Estimates at which prospects are told apart.
  private static let prospectNodes = 17

  /// What the arms did with queries of the same mix that are not those of the run.
  func prospects(of joint: JointSpecification) throws -> Prospects {
    let estimator = try joint.estimator.map { try makeEstimator($0, seed: trainingSeed) }
    let answers = try trainingAnswers()
    var training = ProspectTraining(
      taskCount: max(1, workload.tasks.count), armCount: arms.count,
      nodeCount: estimator == nil ? 1 : Self.prospectNodes)
    for query in try trainingQueries(joint.trainingQueries) {
      let estimate = estimator?.estimate(query)
      for arm in joint.arms {
        training.add(
          task: query.task, estimate: estimate, arm: arm,
          outcome(of: arm, query, answers))
      }
    }
    return training.prospects
  }

  private func outcome(
    of arm: Int, _ query: Query, _ answers: any AnswerModel
  ) -> Prospect {
    let played = answers.played(query, arm: arm, samples: arms[arm].strategy.samples)
    var outcome = Prospect()
    outcome.accuracy = played.isCorrect == true ? 1 : 0
    outcome.furtherPromptTokens = Double(played.promptTokens - query.promptTokens)
    outcome.outputTokens = Double(played.outputTokens)
    outcome.longestOutputTokens = Double(played.longestOutputTokens)
    return outcome
  }

  /// A seed that shares no luck with the run.
  private var trainingSeed: UInt64 { RandomStream(seed: seed, purpose: "training").bits(id: 0) }

  /// Queries of the workload's tasks in their shares, all at once, under the training seed.
  private func trainingQueries(_ count: Int) throws -> [Query] {
    let tasks = try zip(workload.tasks, workload.tasks.mixParts).map { task, part in
      SyntheticWorkload.Task(
        mixPart: part, promptTokens: try task.prompt.lengths(),
        outputTokens: try task.output?.lengths())
    }
    var source: any QuerySource = SyntheticSource(
      SyntheticWorkload(arrivals: .atOnce, tasks: tasks, queryLimit: count), seed: trainingSeed)
    if let pool {
      source = PoolSource(source, pool: pool.pool, draw: pool.trainingDraw(seed: trainingSeed))
    }
    var queries: [Query] = []
    while let query = try source.next() { queries.append(query) }
    return queries
  }

  private func trainingAnswers() throws -> any AnswerModel {
    guard let pool else {
      return try ItemResponseAnswers(
        tasks: workload.tasks.map(\.sheet), arms: arms, seed: trainingSeed)
    }
    return pool.answers(pool.trainingDraw(seed: trainingSeed), seed: trainingSeed)
  }
}
