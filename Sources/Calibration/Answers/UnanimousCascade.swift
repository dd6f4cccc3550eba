internal import AnswerModels

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// A cascade that keeps a weak model's answer where all of k samples agree, out of the model.
struct UnanimousCascade {
  /// Of one query: its difficulty, and the chances that all samples agree.
  struct Agreement {
    var difficulty: Double
    var right: Double
    var wrong: Double
  }

  let latent: LatentQueries
  let agreeing: Int

  func agreements(of law: AnswerLaw) -> [Agreement] {
    var agreements: [Agreement] = []
    _ = latent.mean(of: law) { index, right, wrong in
      agreements.append(
        Agreement(
          difficulty: latent.difficulty(index), right: pow(right, Double(agreeing)),
          wrong: wrong.reduce(0) { $0 + pow($1, Double(agreeing)) }))
      return right
    }
    return agreements
  }

  /// The cascade's accuracy less that of the strong model, whose chances by difficulty are given
  /// at the nodes of the shared difficulty.
  func difference(_ weak: [Agreement], _ strong: [Double]) -> Double {
    weak.reduce(0) { sum, query in
      sum + query.right - (query.right + query.wrong) * Self.read(strong, at: query.difficulty)
    } / Double(weak.count)
  }

  func meanAgreement(_ weak: [Agreement]) -> (right: Double, wrong: Double) {
    let count = Double(weak.count)
    return (
      weak.reduce(0) { $0 + $1.right } / count, weak.reduce(0) { $0 + $1.wrong } / count
    )
  }

  /// Linear between the nodes.
  private static func read(_ values: [Double], at difficulty: Double) -> Double {
    let nodes = SharedDifficultyFit.Nodes.points
    let position = (difficulty - nodes[0]) / (nodes[1] - nodes[0])
    let cell = min(max(Int(position), 0), values.count - 2)
    let t = min(max(position - Double(cell), 0), 1)
    return values[cell] + t * (values[cell + 1] - values[cell])
  }
}
