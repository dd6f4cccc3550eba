import DeviceModels
import Foundation
import Scenarios
import Testing

@testable import Calibration

/// Logs that cannot tell a number are refused, and the error says what would.
@Suite struct RefusalTests {
  /// A table of steady states: rows, prompt, iteration in ms by a line, power.
  static func table(
    _ rows: [Double], prompts: [Double] = [400], model: String = "llama-3.1-8b",
    watts: Bool = false
  ) -> String {
    var text = "model,gpu,batch_rows,prompt_tokens,output_tokens,itl_ms,power_w\n"
    for (i, row) in rows.enumerated() {
      let prompt = prompts[i % prompts.count]
      let noise = 1 + 0.002 * Double(i % 3 - 1)
      text += "\(model),h100-sxm,\(row),\(prompt),200,\((8.5 + 0.04 * row) * noise),"
      text += watts ? "\(350 + 2 * row)\n" : "\n"
    }
    return text
  }

  static func fit(
    _ files: [(name: String, text: String)], _ freedom: FleetFreedom = FleetFreedom()
  ) throws -> FleetFitReport {
    try LogFixtures.folder(files) {
      try FleetCalibration.fit(
        dataFolder: $0, catalog: LogFixtures.catalog(),
        options: FleetFitOptions(
          defaults: FleetDefaults(gpu: "h100-sxm", model: "llama-3.1-8b"), freedom: freedom))
    }
  }

  static func error(
    _ files: [(name: String, text: String)], _ freedom: FleetFreedom = FleetFreedom()
  ) throws -> String {
    let error = #expect(throws: InputError.self) { try fit(files, freedom) }
    return "\(try #require(error))"
  }

  @Test func `one batch size cannot tell an iteration's time from a row's`() throws {
    let text = try Self.error([("table.csv", Self.table([32, 32, 32, 32, 32, 32]))])
    #expect(text.contains("time_per_iteration and time_per_row cannot be told apart"))
    #expect(text.contains("5 windows of 5 runs, 32 to 32 sequences decoding"))
    #expect(text.contains("two or more batch sizes"))
    #expect(text.contains("--keep time_per_row"))
  }

  @Test func `with the row's time kept the same logs give the iteration's`() throws {
    let report = try Self.fit(
      [("table.csv", Self.table([32, 32, 32, 32, 32, 32]))],
      FleetFreedom(held: ["time_per_row"]))
    #expect(report.table.contains("engine.time_per_iteration"))
    #expect(report.table.contains("time_per_row as before: as asked"))
    #expect(report.table.contains("no power was logged"))
  }

  @Test func `batch sizes apart give both, and are near the line that made them`() throws {
    let report = try Self.fit([("table.csv", Self.table([1, 2, 4, 8, 16, 32, 64, 96]))])
    #expect(report.table.contains("engine.time_per_row"))
    #expect(report.fitText.contains("kept_back: [\"table.csv:4\", \"table.csv:7\"]"))
  }

  @Test func `a number that is demanded and cannot be told is refused`() throws {
    let text = try Self.error(
      [("table.csv", Self.table([1, 4, 16, 64]))], FleetFreedom(demanded: ["kernel_scale"]))
    #expect(text.contains("kernel_scale"))
    #expect(text.contains("models of different size"))
  }

  @Test func `one row is too few for two numbers`() throws {
    let text = try Self.error([("table.csv", Self.table([8]))])
    #expect(text.contains("cannot be told apart: 1 windows"))
  }

  @Test func `power at one batch size cannot tell what needs two`() throws {
    let text = try Self.error(
      [("table.csv", Self.table([1, 4, 16, 64], watts: true))],
      FleetFreedom(demanded: ["gap", "compute"]))
    #expect(text.contains("gap") || text.contains("compute"))
    #expect(text.contains("power"))
  }

  @Test func `names of numbers are checked`() throws {
    let text = try Self.error(
      [("table.csv", Self.table([1, 4]))], FleetFreedom(demanded: ["time_per_rwo"]))
    #expect(text.contains("did you mean \"time_per_row\"?"))
  }

  @Test func `a log without model or lengths asks for the option`() throws {
    try LogFixtures.folder([("t.csv", "batch_rows,itl_ms,gpu\n8,9,h100-sxm\n")]) { folder in
      func fit(_ defaults: FleetDefaults) throws {
        _ = try FleetCalibration.fit(
          dataFolder: folder, catalog: LogFixtures.catalog(),
          options: FleetFitOptions(defaults: defaults))
      }
      let model = #expect(throws: InputError.self) { try fit(FleetDefaults()) }
      #expect(model?.description == "t.csv:2: the log names no model; expected --model NAME")
      let prompt = #expect(throws: InputError.self) {
        try fit(FleetDefaults(model: "llama-3.1-8b"))
      }
      #expect(prompt?.description.contains("--prompt-tokens") == true)
    }
  }

  @Test func `an empty folder and a folder of publications say what belongs there`() throws {
    let empty = try Self.error([("notes.md", "nothing")])
    #expect(empty.contains("no window of decoding"))
    let text = try Self.error([("energy/aiconfigurator-kernels/x.md", "")])
    #expect(text.contains("joulefleet calibrate publications"))
  }

  @Test func `a misspelt column is refused by the name that was meant`() throws {
    let text = Self.table([1, 8, 32]).replacing("power_w", with: "powerw")
    #expect(
      try Self.error([("table.csv", text)]).contains(
        "table.csv:1: no column is called \"powerw\""))
    #expect(try Self.error([("table.csv", text)]).contains("did you mean \"power_w\""))
  }

  @Test func `a GPU that draws more than its board allows is another GPU`() throws {
    let text = Self.table([1, 8, 32, 96, 300], watts: true)
    let error = try Self.error([("table.csv", text)])
    #expect(error.contains("one GPU draws 950 W"))
    #expect(error.contains("board limit of h100-sxm is 700 W"))
  }

  @Test func `times that no fit comes near are of another GPU or model`() throws {
    var text = "model,gpu,batch_rows,prompt_tokens,output_tokens,itl_ms\n"
    for (rows, milliseconds) in [(1, 40.0), (2, 4), (4, 60), (8, 5), (16, 80), (32, 6), (64, 90)] {
      text += "llama-3.1-8b,h100-sxm,\(rows),400,200,\(milliseconds)\n"
    }
    #expect(try Self.error([("table.csv", text)]).contains("even when fitted"))
  }

  @Test func `a table and the records that it was made from count once`() throws {
    let row = "llama-3.1-8b,h100-sxm,16,400,200,9.25,400\n"
    let header = "model,gpu,batch_rows,prompt_tokens,output_tokens,itl_ms,power_w\n"
    try LogFixtures.folder([("a.csv", header + row), ("b.csv", header + row)]) { folder in
      let check = try FleetCalibration.check(
        dataFolder: folder, catalog: LogFixtures.catalog(), options: FleetFitOptions())
      #expect(check.rows.filter { $0.quantity == "power" }.count == 1)
      #expect(check.notes == ["a.csv holds 1 rows of b.csv too; these are left out"])
    }
  }
}

/// Power at rest: what counts as rest.
@Suite struct IdleTests {
  /// Power of `watts` every second, from 0.
  static func idle(_ watts: [Double]) throws -> IdlePower {
    var series = PowerSeries(name: "0", gpuTitle: nil, clock: .epoch)
    for (second, watts) in watts.enumerated() {
      _ = series.append(watts: watts, at: Double(second))
    }
    let place = LogPlace(file: "power.csv")
    var idle = IdlePower(place: place)
    idle.add(try PowerLog(place: place, series: [series]), from: 0, to: Double(watts.count - 1))
    return idle
  }

  static func fit(_ watts: [Double], held: [String] = []) throws -> FleetFit {
    try LogFixtures.folder([("t.csv", RefusalTests.table([1, 2, 4, 8, 16, 32, 64], watts: true))]) {
      folder in
      let options = FleetFitOptions(
        defaults: FleetDefaults(gpu: "h100-sxm"), freedom: FleetFreedom(held: held))
      let setting = try FleetSetting(catalog: LogFixtures.catalog(), options: options)
      let data = try setting.data(folder, skipsUnknown: false)
      var fit = FleetFit(start: try setting.startingFit("h100-sxm"), settings: setting.settings)
      try fit.run(data.windows, idle: [idle(watts)], freedom: options.freedom, place: "t.csv")
      return fit
    }
  }

  @Test func `idle power is the median second, and a kernel that uses nothing follows it`() throws {
    let fit = try Self.fit([100, 100, 100, 104, 96, 100, 130, 100, 100, 100, 100])
    #expect(fit.parameters.power.idlePower == 100)
    // The shipped floor is idle power.
    #expect(fit.parameters.power.kernelFloorPower == 100)
  }

  @Test func `load that no benchmark tells of is no rest`() throws {
    let load = [100.0] + Array(repeating: 110, count: 12) + Array(repeating: 420, count: 6)
    let error = #expect(throws: InputError.self) { try Self.fit(load) }
    #expect(error?.problem.contains("goes from 110 to 420 W: other load lies in it") == true)
    #expect(error?.expectation?.contains("--keep idle") == true)
    let shipped = try LogFixtures.catalog().devices.parameters(gpu: "h100-sxm").power
    #expect(try Self.fit(load, held: ["idle"]).parameters.power.idlePower == shipped.idlePower)
  }

  @Test func `a GPU that draws as much at rest as in service was not at rest`() throws {
    let error = #expect(throws: InputError.self) {
      try Self.fit(Array(repeating: 480, count: 12))
    }
    #expect(error?.problem.contains("no less than while serving") == true)
  }
}
