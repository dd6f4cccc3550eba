internal import Studies

/// That policies do not stand on fleets of one size, where they do not: idle GPUs draw power too.
enum DeploymentSentence {
  /// Nil where all deploy as many GPUs.
  static func text(for study: StudyResult) -> String? {
    var names: [Int: [String]] = [:]
    for run in study.runs {
      names[PolicyFigures(run, in: study.context).gpuCount, default: []].append(run.name)
    }
    guard names.count > 1 else { return nil }
    let groups = names.sorted { $0.key < $1.key }.map { count, names in
      let who =
        names.count <= mostNames ? Listing.text(names) : "\(NumberText.count(names.count)) policies"
      return "\(NumberText.count(count)) by \(who)"
    }
    return "GPUs deployed differ, and idle ones count in the energy: "
      + "\(groups.joined(separator: ", "))."
  }

  private static let mostNames = 3
}
