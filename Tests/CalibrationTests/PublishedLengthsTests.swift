import Foundation
import Scenarios
import Testing

@testable import Calibration

/// Rows of a made-up leaderboard, and the lengths that are found for them.
@Suite struct PublishedLengthsTests {
  /// A folder with the named files, gone after `body`.
  static func withFolder<Result>(
    _ files: [String: String], _ body: (URL) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let inner = folder.appending(path: "mlenergy-v3")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: inner.appending(path: name)) }
    return try body(inner)
  }

  /// One checkpoint's file: two runs of a configuration that differ in their power, and one that
  /// had as many in flight as there were requests.
  static let leaderboard = """
    {"task": "chat", "model_id": "Maker/Model", "configurations": [
      {"gpu_model": "H100", "num_gpus": 2, "max_num_seqs": 8, "avg_power_watts": 900.5,
       "output_length_distribution": {"bins": [0, 10, 40], "counts": [60, 20]}},
      {"gpu_model": "H100", "num_gpus": 2, "max_num_seqs": 8, "avg_power_watts": 901.5,
       "output_length_distribution": {"bins": [0, 10, 40], "counts": [20, 60]}},
      {"gpu_model": "H100", "num_gpus": 2, "max_num_seqs": 80, "avg_power_watts": 950,
       "output_length_distribution": {"bins": [0, 10, 40], "counts": [20, 60]}}
    ]}
    """

  static func key(inFlight: Int = 8, watts: Double) -> PublishedLengths.Key {
    PublishedLengths.Key(
      task: "chat", checkpoint: "Maker/Model", gpu: "H100", gpuCount: 2, inFlight: inFlight,
      watts: watts)
  }

  @Test func `a row has the lengths of its own run`() throws {
    let lengths = try Self.withFolder(["one.json": Self.leaderboard], PublishedLengths.init)
    for (watts, counts) in [(900.5, [60.0, 20]), (901.5, [20, 60])] {
      let expected = try #require(OutputLengths(edges: [0, 10, 40], counts: counts))
      let loop = try #require(try lengths.loop(Self.key(watts: watts), file: "t", line: 2))
      #expect(loop == ClosedLoop(expected, inFlight: 8))
    }
  }

  @Test func `a row that all its requests were in flight in makes no loop`() throws {
    let lengths = try Self.withFolder(["one.json": Self.leaderboard], PublishedLengths.init)
    #expect(try lengths.loop(Self.key(inFlight: 80, watts: 950), file: "t", line: 2) == nil)
  }

  @Test func `a table without leaderboard files tells no lengths`() throws {
    let lengths = try Self.withFolder(["flat.csv": "task\n"], PublishedLengths.init)
    #expect(try lengths.loop(Self.key(watts: 900.5), file: "t", line: 2) == nil)
  }

  @Test func `a row that no leaderboard file holds is named`() throws {
    let lengths = try Self.withFolder(["one.json": Self.leaderboard], PublishedLengths.init)
    let error = #expect(throws: InputError.self) {
      try lengths.loop(Self.key(watts: 900.25), file: "table.csv", line: 7)
    }
    #expect(error?.file == "table.csv")
    #expect(error?.line == 7)
    #expect(error?.problem.contains("chat, Maker/Model, 2 H100, 8 in flight, 900.25 W") == true)
  }

  @Test func `files that are no leaderboard and folders that are none are refused`() throws {
    let broken = Self.leaderboard.replacing("[60, 20]", with: "[60]")
    for text in ["{}", broken] {
      let error = #expect(throws: InputError.self) {
        try Self.withFolder(["one.json": text], PublishedLengths.init)
      }
      #expect(error?.file?.hasSuffix("one.json") == true)
    }
    #expect(throws: InputError.self) {
      try PublishedLengths(folder: URL(filePath: "/no/such/folder"))
    }
  }

  /// Two rows of one model in a table of the publication's columns.
  static let table = """
    task,model,architecture,gpu_model,avg_batch_size,avg_output_len,\
    output_throughput_tokens_per_sec,median_itl_ms,avg_power_watts,num_gpus,data_parallel,\
    expert_parallel,max_num_seqs
    gpqa,meta-llama/Llama-3.1-8B-Instruct,Dense Transformer,H100,6,20,600,10,900.5,2,1,1,8
    gpqa,meta-llama/Llama-3.1-8B-Instruct,Dense Transformer,H100,6,20,600,10,901.5,2,1,1,8

    """

  @Test func `a reader takes loops for its rows and names the line that has none`() throws {
    let leaderboard = Self.leaderboard.replacing("\"chat\"", with: "\"gpqa\"")
      .replacing("Maker/Model", with: "meta-llama/Llama-3.1-8B-Instruct")
    func read(_ leaderboard: String) throws -> [ServingMeasurement] {
      let catalog = try LogFixtures.catalog()
      let settings = try DeviceFitSettings(calibrationFolder: catalog.folder)
      return try Self.withFolder(["flat.csv": Self.table, "one.json": leaderboard]) {
        try ServingMeasurements(
          folder: $0.deletingLastPathComponent(), catalog: catalog.devices, settings: settings
        ).mlEnergyVersion3(gpu: "H100")
      }
    }
    let loops = try read(leaderboard).map(\.loop)
    let expected = try [[60.0, 20], [20, 60]].map { counts in
      ClosedLoop(
        try #require(OutputLengths(edges: [0, 10, 40], counts: counts)), inFlight: 8
      )?.scaled(by: 0.75)
    }
    #expect(loops == expected)
    let error = #expect(throws: InputError.self) {
      try read(leaderboard.replacing("901.5", with: "902"))
    }
    #expect(error?.file?.hasSuffix("flat.csv") == true)
    #expect(error?.line == 3)
  }
}
