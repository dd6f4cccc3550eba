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
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
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

  /// The loop that was measured; nil where its lengths are not known.
  func loop(_ key: Key) -> ClosedLoop? {
    lengths[key].flatMap { ClosedLoop($0, inFlight: Double(key.inFlight)) }
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
