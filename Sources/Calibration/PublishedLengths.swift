internal import Foundation
internal import Scenarios

/// How long the outputs of each row of ML.ENERGY v3 were: its leaderboard files hold, beside the
/// means that the table repeats, how many requests were of which length.
struct PublishedLengths {
  /// What tells a row of the table from all others.
  struct Key: Hashable {
    let task, checkpoint, gpu: String
    let gpuCount, inFlight: Int
    /// Of all GPUs: two runs of one configuration differ in it.
    let watts: Double
  }

  private var lengths: [Key: OutputLengths] = [:]

  /// Reads the files of a folder; one without any leaves every row's lengths unknown.
  init(folder: URL) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw InputError(
        file: folder.path, problem: "cannot be listed", expectation: "a folder of measurements")
    }
    for name in names.sorted() where name.hasSuffix(".json") {
      let url = folder.appending(path: name)
      let file: LeaderboardFile
      do {
        file = try JSONDecoder().decode(LeaderboardFile.self, from: Data(contentsOf: url))
      } catch {
        throw InputError(
          file: url.path, problem: "is no file of the ML.ENERGY leaderboard",
          expectation: "task, model_id and configurations")
      }
      for row in file.configurations {
        guard let spread = row.lengths else { continue }
        guard let lengths = OutputLengths(edges: spread.bins, counts: spread.counts) else {
          throw InputError(
            file: url.path, problem: "the lengths of outputs are no histogram",
            expectation: "bins that rise, one more than counts")
        }
        let key = Key(
          task: file.task, checkpoint: file.model, gpu: row.gpu, gpuCount: row.gpuCount,
          inFlight: row.inFlight, watts: row.watts)
        self.lengths[key] = lengths
      }
    }
  }

  /// The loop that was measured in a row of the table `file`; nil where no leaderboard file is
  /// there, or all requests were in flight at once. Throws an `InputError` where files are there
  /// and none holds the row's lengths: half the mean would then be taken for its tokens' age.
  func loop(_ key: Key, file: String, line: Int) throws -> ClosedLoop? {
    guard !lengths.isEmpty else { return nil }
    guard let found = lengths[key] else {
      throw InputError(
        file: file, line: line,
        problem: "no leaderboard file beside the table holds the output lengths of this row: "
          + "\(key.task), \(key.checkpoint), \(key.gpuCount) \(key.gpu), "
          + "\(key.inFlight) in flight, \(key.watts) W",
        expectation: "a configuration of the same task, model_id, gpu_model, num_gpus, "
          + "max_num_seqs and avg_power_watts, with output_length_distribution")
    }
    return ClosedLoop(found, inFlight: Double(key.inFlight))
  }
}

/// One model and task of the leaderboard.
private struct LeaderboardFile: Decodable {
  struct Lengths: Decodable {
    let bins: [Double]
    let counts: [Double]
  }

  struct Row: Decodable {
    let gpu: String
    let gpuCount: Int
    let inFlight: Int
    let watts: Double
    let lengths: Lengths?

    enum CodingKeys: String, CodingKey {
      case gpu = "gpu_model"
      case gpuCount = "num_gpus"
      case inFlight = "max_num_seqs"
      case watts = "avg_power_watts"
      case lengths = "output_length_distribution"
    }
  }

  let task: String
  let model: String
  let configurations: [Row]

  enum CodingKeys: String, CodingKey {
    case task
    case model = "model_id"
    case configurations
  }
}
