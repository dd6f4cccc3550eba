import ArgumentParser

/// `joulefleet trace`: traces by themselves.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Look at request traces, bring them into one format, or draw new ones.",
    discussion: """
        joulefleet trace describe AzureLLMInferenceTrace_conv.csv
        joulefleet trace convert conversation_trace.jsonl --spread auto --to conversation.csv
        joulefleet trace generate scenarios/quickstart.yaml --to quickstart.csv

      docs/traces.md describes the formats, the rules and our own CSV.
      """,
    subcommands: [
      TraceDescribeCommand.self, TraceConvertCommand.self, TraceGenerateCommand.self,
    ])
}
