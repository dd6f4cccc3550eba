public import Foundation
internal import Scenarios

/// Makes Parquet of CSV with whichever converter is installed.
public enum ParquetConverter {
  /// Throws an `InputError` where there is none, or it fails.
  public static func convert(_ csv: Data, to path: String) throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let source = scratch.appending(path: "table.csv")
    let made = scratch.appending(path: "table.parquet")
    try csv.write(to: source)
    guard let command = command(from: source.path, to: made.path) else {
      throw InputError(
        file: path, problem: "no program that writes Parquet was found",
        expectation: "duckdb, or python3 with pyarrow (pip install pyarrow), or --csv")
    }
    let outcome = try ShellCommand.run(command)
    guard outcome.code == 0 else {
      let reason = outcome.errors.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
      throw InputError(
        file: path, problem: "\(command[0]) failed: \(reason)", expectation: "a working converter")
    }
    let target = URL(filePath: path)
    try Data(contentsOf: made).write(to: target, options: .atomic)
  }

  private static func command(from source: String, to target: String) -> [String]? {
    if ShellCommand.exists("duckdb") {
      let query = "COPY (FROM read_csv('\(source)')) TO '\(target)' (FORMAT parquet)"
      return ["duckdb", "-c", query]
    }
    let script = """
      import sys, pyarrow.csv, pyarrow.parquet
      pyarrow.parquet.write_table(pyarrow.csv.read_csv(sys.argv[1]), sys.argv[2])
      """
    guard ShellCommand.exists("python3"),
      let probe = try? ShellCommand.run(["python3", "-c", "import pyarrow.csv, pyarrow.parquet"]),
      probe.code == 0
    else { return nil }
    return ["python3", "-c", script, source, target]
  }
}
