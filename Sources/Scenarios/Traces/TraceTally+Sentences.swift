internal import Quantities
public import Workloads

extension TraceTally {
  /// What was dropped or changed, one sentence each; empty where the trace was taken as it is.
  public var sentences: [String] {
    let share = "of \(rows) rows of the trace"
    let counts: [(Int, String)] = [
      (withoutOutput, "dropped: they have no output tokens (failed requests)"),
      (withoutPrompt, "dropped: they have no prompt tokens"),
      (raisedToOneToken, "have no prompt or output tokens and count with one"),
      (cappedPrompts, "cut to max_prompt_tokens"),
      (cappedOutputs, "cut to max_output_tokens"),
      (reordered, "out of order and sorted"),
      (spread, "spread over clock ticks of \(NumberText.of(tick?.seconds ?? 0)) s"),
      (outsideWindow, "dropped: before the time window"),
      (thinned, "thinned out"),
      (beyondLimit, "cut off sessions by the limit"),
      (
        assumedThinkTimes,
        "after an answer of unrecorded duration: think time counts from the request before"
      ),
    ]
    var sentences = counts.filter { $0.0 > 0 }.map { "\($0.0) \(share) \($0.1)" }
    if serializedSubagents > 0 {
      sentences.append(
        "\(serializedSubagents) sub-agents of the trace ran beside others and are asked after them")
    }
    if clientsWithoutLengths > 0 {
      sentences.append(
        "\(clientsWithoutLengths) clients of the trace have no lengths and ask nothing")
    }
    if silentWindows > 0 {
      sentences.append(
        "in \(silentWindows) windows of the trace no client asks: gaps of its collection, "
          + "not idleness"
      )
    }
    return sentences
  }
}
