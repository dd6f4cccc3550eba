import AnswerModels
import Foundation
import Scenarios
import TestSupport

/// The task sheets of `calibration/tasks`.
enum ShippedSheets {
  static let folder = SharedData.packageRoot.appending(path: "calibration/tasks")

  static let names = [
    "aime", "chat", "code", "gpqa-diamond", "gsm8k", "math500", "mmlu", "mmlu-pro",
    "mmlu-reasoning",
  ]
  static let judged = names.filter { $0 != "chat" }
  /// Models that every judged sheet has in a chain-of-thought mode.
  static let models = [
    "llama-3.1-70b", "llama-3.1-8b", "qwen2.5-1.5b", "qwen2.5-14b", "qwen2.5-32b", "qwen2.5-7b",
  ]
  /// Models that every judged sheet has in the reasoning mode.
  static let reasoners = [
    "r1-distill-llama-70b", "r1-distill-llama-8b", "r1-distill-qwen-1.5b", "r1-distill-qwen-14b",
    "r1-distill-qwen-32b", "r1-distill-qwen-7b",
  ]

  static func path(_ name: String) -> String { folder.appending(path: "\(name).yaml").path }

  static func text(_ name: String) throws -> String {
    try String(contentsOf: URL(filePath: path(name)), encoding: .utf8)
  }

  static func sheet(_ name: String) throws -> TaskSheet { try TaskFile.read(path: path(name)) }
}
