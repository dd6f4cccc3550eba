public import Foundation
public import Planning

/// A plan as JSON: every figure, for programs.
public struct PlanSummary {
  private let plan: FleetPlan

  public init(_ plan: FleetPlan) { self.plan = plan }

  /// Keys in alphabetical order, so that equal plans give equal bytes.
  public func encoded() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  private var value: JSONValue {
    [
      "schema_version": 1, "version": .string(plan.version),
      "calibration_sha256": .string(plan.calibrationSHA256), "plan": .string(plan.question.name),
      "minimize": .string(plan.question.goal.rawValue),
      "unit": .string(PlanFigure.unit(of: plan.question)),
      "attainment": .number(plan.question.attainment),
      "accuracy_floor": .number(plan.question.accuracyFloor),
      "chosen": plan.chosen.map(fleet) ?? .null, "in_place": plan.inPlace.map(fleet) ?? .null,
      "candidates": .array(plan.families.map(candidate)),
      "tried": .array(plan.tried.map(tried)),
      "warnings": .array(plan.warnings.map { .string($0) }),
    ]
  }

  private func fleet(_ planned: PlannedFleet) -> JSONValue {
    let pools = zip(planned.fleet.family.pools, planned.fleet.replicas).enumerated()
    return [
      "family": .string(planned.fleet.family.title),
      "pools": .array(
        pools.map { index, entry in
          [
            "model": .string(entry.0.model), "gpu": .string(entry.0.gpu),
            "tensor_parallel": .number(Double(entry.0.tensorParallel)),
            "cap_w": .number(entry.0.capWatts), "replicas": .number(Double(entry.1)),
            "serve": .string(planned.serveCommands[index]),
          ]
        }),
      "spare_replicas": .number(Double(planned.spareReplicas)),
      "gpus": .number(Double(planned.fleet.gpuCount)),
      "economics": economics(planned.economics),
      "verification": verification(planned.verification),
      "one_less": .array(
        planned.oneLess.map { less in
          ["pool": .number(Double(less.pool)), "verification": verification(less.verification)]
        }),
      "capacity_factor": .number(planned.capacityFactor),
    ]
  }

  /// A fleet that was simulated at the peak, its spares left out.
  private func tried(_ tried: TriedFleet) -> JSONValue {
    [
      "family": .string(tried.fleet.family.title),
      "replicas": .array(tried.fleet.replicas.map { .number(Double($0)) }),
      "gpus": .number(Double(tried.fleet.gpuCount)),
      "simulations": .number(Double(tried.trialCount)),
      "mean_attainment": .number(tried.attainment),
      "peak_month": .number(tried.peakMonth),
    ]
  }

  private func economics(_ economics: FleetEconomics) -> JSONValue {
    [
      "kwh_per_month": .number(economics.kilowattHoursPerMonth),
      "peak_kw": .number(economics.peakKilowatts),
      "power_w_by_hour": .array(economics.wattsByHour.map { .number($0) }),
      "output_tokens_per_month": .number(economics.outputTokensPerMonth),
      "prompt_tokens_per_month": .number(economics.promptTokensPerMonth),
      "energy_per_output_token_j": .number(economics.joulesPerOutputToken),
      "carbon_kg_per_month": .number(economics.carbonKilograms),
      "money_per_million_output_tokens": .number(economics.moneyPerMillionOutputTokens),
      "money_per_month": economics.money.map { money in
        [
          "currency": .string(money.currency), "gpus": .number(money.gpus),
          "electricity": .number(money.electricity), "peak_demand": .number(money.peakDemand),
          "total": .number(money.total),
        ]
      } ?? .null,
    ]
  }

  private func verification(_ verification: Verification) -> JSONValue {
    [
      "met": .number(Double(verification.met)), "of": .number(Double(verification.count)),
      "mean_attainment": .number(verification.meanAttainment),
      "least_attainment": .number(verification.leastAttainment),
      "accuracy": .number(verification.accuracy),
      "binding": verification.binding.map { margin in
        [
          "latency": .string(margin.name), "ms": .number(margin.milliseconds),
          "bound_ms": .number(margin.bound),
        ]
      } ?? .null,
    ]
  }

  private func candidate(_ verdict: FamilyVerdict) -> JSONValue {
    switch verdict.outcome {
    case .meets(let replicas, let figures):
      [
        "family": .string(verdict.family.title), "outcome": "meets",
        "replicas": .array(replicas.map { .number(Double($0)) }), "economics": economics(figures),
      ]
    case .outbid(let least):
      [
        "family": .string(verdict.family.title), "outcome": "outbid", "least": .number(least),
      ]
    case .fails(let reason):
      [
        "family": .string(verdict.family.title), "outcome": "fails", "reason": .string(reason),
      ]
    }
  }
}
