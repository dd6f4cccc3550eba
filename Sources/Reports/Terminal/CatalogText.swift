internal import AnswerModels
internal import DeviceModels
internal import Foundation
public import Scenarios

/// What a scenario may name, as tables for people.
public enum CatalogText {
  public enum Subject: String, CaseIterable, Sendable {
    case gpus, models, tasks, strategies, policies, nodes, facilities
  }

  /// Lines, the last one ended.
  public static func table(of subject: Subject, in catalog: Catalog) -> String {
    TextTable(rows: rows(of: subject, in: catalog), leftAligned: leftAligned(subject))
      .lines().joined(separator: "\n") + "\n"
  }

  private static func rows(of subject: Subject, in catalog: Catalog) -> [[String]] {
    switch subject {
    case .gpus: gpuRows(catalog.devices)
    case .models: modelRows(catalog.devices.models)
    case .tasks: [["task", ""]] + catalog.tasks.map { [$0.name, $0.summary] }
    case .strategies: [["strategy", ""]] + Strategy.forms.map { [$0.usage, $0.summary] }
    case .policies: [["policy", ""]] + PolicyForm.all.map { [$0.usage, $0.summary] }
    case .nodes: nodeRows(catalog.devices.nodes)
    case .facilities:
      [["facility", "PUE"]]
        + catalog.devices.facilities.map {
          [$0.name, number($0.powerUsageEffectiveness, 2)]
        }
    }
  }

  /// Subjects whose second column is a sentence.
  private static func leftAligned(_ subject: Subject) -> Bool {
    switch subject {
    case .tasks, .strategies, .policies: true
    case .gpus, .models, .nodes, .facilities: false
    }
  }

  private static let gibibyte: Double = 1_073_741_824

  private static func gpuRows(_ devices: DeviceCatalog) -> [[String]] {
    let fitted = Set(devices.gpuNames)
    return [["gpu", "bf16 TFLOP/s", "fp8", "memory GiB", "TB/s", "TDP W", "fit"]]
      + devices.gpus.map {
        [
          $0.name, number($0.peakBF16FlopsPerSecond / 1e12, 0),
          $0.peakFP8FlopsPerSecond.map { number($0 / 1e12, 0) } ?? "",
          number($0.memoryBytes / gibibyte, 1),
          number($0.memoryBytesPerSecond / 1e12, 2), number($0.thermalDesignPower, 0),
          fitted.contains($0.name) ? "yes" : "none",
        ]
      }
  }

  private static func modelRows(_ models: [ModelSheet]) -> [[String]] {
    [
      [
        "model", "parameters B", "active B", "weights", "weights GiB", "layers", "experts",
        "KV bytes/token", "window", "longest context",
      ]
    ]
      + models.map {
        [
          $0.name, number(Double($0.parameterCount) / 1e9, 2),
          number(Double($0.activeParameterCount) / 1e9, 2), $0.weightFormat.rawValue,
          number($0.weightBytes / gibibyte, 1), "\($0.layerCount)", experts($0),
          "\(Int($0.cacheBytesPerToken))", window($0), "\($0.maxContextTokens)",
        ]
      }
  }

  /// Those that a token passes through, of how many.
  private static func experts(_ model: ModelSheet) -> String {
    model.experts.map { "\($0.activeExpertCount) of \($0.routedExpertCount)" } ?? ""
  }

  /// Its tokens, in how many of the layers.
  private static func window(_ model: ModelSheet) -> String {
    model.slidingWindow.map { "\($0.tokens) in \($0.layerCount)" } ?? ""
  }

  private static func nodeRows(_ nodes: [NodeSheet]) -> [[String]] {
    [["node", "GPUs", "host W", "W per GPU W"]]
      + nodes.map {
        [$0.name, "\($0.gpuCount)", number($0.hostPower, 0), number($0.wattsPerGPUWatt, 2)]
      }
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
