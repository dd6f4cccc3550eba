import AnswerModels
import Foundation
import Scenarios
import TestSupport

/// The task sheets of `calibration/tasks`.
enum ShippedSheets {
  static let folder = SharedData.packageRoot.appending(path: "calibration/tasks")

  static let names = ["chat", "gsm8k", "math500", "mmlu"]
  static let judged = ["gsm8k", "math500", "mmlu"]
  static let models = [
    "llama-3.1-70b", "llama-3.1-8b", "qwen2.5-1.5b", "qwen2.5-14b", "qwen2.5-32b", "qwen2.5-7b",
  ]

  static func path(_ name: String) -> String { folder.appending(path: "\(name).yaml").path }

  static func text(_ name: String) throws -> String {
    try String(contentsOf: URL(filePath: path(name)), encoding: .utf8)
  }

  static func sheet(_ name: String) throws -> TaskSheet { try TaskFile.read(path: path(name)) }
}
