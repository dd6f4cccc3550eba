internal import DeviceModels
internal import Foundation
public import Scenarios

/// Reads a plan: a scenario whose `plan` says what fleets to choose from, in place of arms and
/// policies.
public struct PlanReader {
  private let text: String
  private let file: String
  private let catalog: Catalog

  public init(text: String, file: String, catalog: Catalog) {
    self.text = text
    self.file = file
    self.catalog = catalog
  }

  /// Keys of a scenario that the plan has in place of them.
  private static let replacedKeys = ["arms", "policies"]

  /// `goal` takes the place of the file's own. Throws an `InputError` for the first thing that is
  /// wrong.
  public func read(goal: PlanGoal? = nil) throws -> PlanQuestion {
    let question = try YAMLDocument.read(text: text, file: file) { yaml in
      for key in yaml.keys { _ = yaml.optional(key) }
      guard yaml.optional("plan") != nil else {
        throw InputError(
          file: file, problem: "this is no plan: it has no key plan",
          expectation: "plan with candidates, or for a scenario: joulefleet run \(file)")
      }
      for key in Self.replacedKeys {
        if let value = yaml.optional(key) {
          throw value.error(
            "\(key) stand in a plan", expected: "plan.candidates, of which the planner makes them")
        }
      }
      let demand = try yaml["workload"].demand(growth: 1)
      return try yaml["plan"].mapping { try self.question($0, yaml, demand, goal: goal) }
    }
    try check(question)
    return question
  }

  private func question(
    _ plan: YAMLMapping, _ yaml: YAMLMapping, _ demand: PlanDemand, goal: PlanGoal?
  ) throws -> PlanQuestion {
    var demand = demand
    demand.growth = try plan.optional("growth")?.double(.between(0.001...1000)) ?? 1
    let prices = try plan.optional("prices")?.sheet(
      named: "prices", in: catalog.folder, PriceSheet.read)
    let grid = try plan.optional("grid")?.sheet(
      named: "grids", in: catalog.folder, GridSheet.read)
    let ownGoal = try plan.optional("minimize")?.choice(of: PlanGoal.self) ?? .energy
    let candidates = CandidateReader(text: text, file: file, devices: catalog.devices)
    let question = PlanQuestion(
      name: URL(filePath: file).deletingPathExtension().lastPathComponent, file: file,
      question: try yaml.optional("question")?.string() ?? "", planText: text,
      text: try ScenarioVariant.text(
        of: text, file: file, settings: [], removing: ["plan"]),
      seed: try yaml["seed"].unsigned(), demand: demand,
      attainment: try plan.optional("attainment")?.double(.openFraction) ?? 0.95,
      accuracyFloor: try plan.optional("accuracy")?.double(.fraction), goal: goal ?? ownGoal,
      families: try candidates.read(plan["candidates"]),
      limits: try limits(plan),
      inPlace: try plan.optional("in_place").map { try candidates.inPlace($0) },
      prices: prices, grid: grid)
    if question.goal == .cost, let prices { try checkPrices(prices, question, at: plan["prices"]) }
    return question
  }

  /// The cheapest fleet is not known where one has no price.
  private func checkPrices(
    _ prices: PriceSheet, _ question: PlanQuestion, at value: YAMLValue
  ) throws {
    guard let gpu = question.gpuNames.first(where: { prices.gpus[$0] == nil }) else { return }
    throw value.error(
      "minimize is cost, and the prices \(prices.name) name no \(gpu)",
      expected: "a price for every GPU of the candidates and of the fleet in place",
      suggestion: NearestName.to(gpu, among: prices.gpus.keys.sorted()))
  }

  private func limits(_ plan: YAMLMapping) throws -> PlanLimits {
    let stock = try plan.optional("inventory")?.mapping { yaml in
      var stock: [String: PlanLimits.NodeStock] = [:]
      for name in yaml.keys {
        let sheet = try gpu(name, at: yaml)
        let nodes = try yaml[name].mapping { try self.stock($0, gpu: sheet) }
        guard stock.updateValue(nodes, forKey: sheet.name) == nil else {
          throw try yaml[name].error(
            "\(name) is \(sheet.name), which the inventory has already",
            expected: "every GPU once")
        }
      }
      return stock
    }
    return PlanLimits(
      inventory: stock, mostKilowatts: try plan.optional("most_kw")?.double(.positive),
      spareReplicas: try plan.optional("spare_replicas")?.int(in: 0...1000) ?? 0,
      mostReplicas: try plan.optional("most_replicas")?.int(in: 1...65_536) ?? 16_384)
  }

  private func gpu(_ name: String, at yaml: YAMLMapping) throws -> GPUSheet {
    do {
      return try catalog.devices.gpu(named: name)
    } catch let error as InputError {
      throw try yaml[name].error(
        error.problem, expected: error.expectation, suggestion: error.suggestion)
    }
  }

  private func stock(_ yaml: YAMLMapping, gpu: GPUSheet) throws -> PlanLimits.NodeStock {
    PlanLimits.NodeStock(
      nodes: try yaml["nodes"].int(in: 0...100_000),
      gpusPerNode: try yaml.optional("gpus_per_node")?.int(in: 1...1024) ?? gpu.gpusPerNode)
  }

  /// What only shows when everything is known.
  private func check(_ question: PlanQuestion) throws {
    func missing(_ what: String) -> InputError {
      InputError(
        file: file, keyPath: "plan", problem: "minimize is \(question.goal.rawValue)",
        expectation: what)
    }
    if question.goal == .cost, question.prices == nil {
      throw missing("prices, a sheet of calibration/prices or the path of one")
    }
    if question.goal == .carbon, question.grid == nil {
      throw missing("grid, a sheet of calibration/grids or the path of one")
    }
  }
}

extension YAMLValue {
  /// What a workload asks for, and when.
  fileprivate func demand(growth: Double) throws -> PlanDemand {
    try mapping { yaml in
      for key in yaml.keys { _ = yaml.optional(key) }
      var rate: Double?
      if let arrivals = yaml.optional("arrivals") {
        rate = try arrivals.mapping { arrivals in
          for key in arrivals.keys { _ = arrivals.optional(key) }
          guard try arrivals["process"].string() != "closed-loop" else {
            throw arrivals.error(
              "a closed loop asks as fast as it is served",
              expected: "arrivals with a rate, or a trace")
          }
          return try arrivals["rate"].double(.positive)
        }
      }
      let factors = try yaml.optional("daily_profile")?.list(atLeast: 24) {
        try $0.double(.nonNegative)
      }
      return PlanDemand(rate: rate, growth: growth, hourlyFactors: factors ?? [1])
    }
  }

  /// A sheet of the calibration by its name, or any file by its path.
  fileprivate func sheet<Sheet>(
    named kind: String, in folder: URL, _ read: (String) throws -> Sheet
  ) throws -> Sheet {
    let written = try string()
    if written.hasSuffix(".yaml") { return try read(written) }
    let files = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: kind).path)
    let names = (files ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
      .sorted()
    guard names.contains(written) else {
      throw isNot(
        "a sheet of calibration/\(kind) (\(names.joined(separator: ", "))) or the path of one",
        suggestion: NearestName.to(written, among: names))
    }
    return try read(folder.appending(path: "\(kind)/\(written).yaml").path)
  }
}
