import Foundation
import Studies
import Synchronization

/// What shows how far a study has come.
protocol ProgressDisplay: Sendable {
  /// Takes a report; callable from any thread.
  func update(_ progress: RunProgress)
  /// Takes away what was drawn.
  func clear()
}

extension ProgressLine: ProgressDisplay {}

/// A line for each run, drawn over itself as the runs go: simulated time, requests, and the fleet
/// at the last interval of its time series.
///
/// Where standard error is no terminal, the lines are written once in ten seconds.
final class WatchTable: ProgressDisplay {
  private struct State {
    var latest: [RunProgress?]
    var lastDrawn: Date?
    var drawnLines = 0
  }

  private let names: [String]
  private let start = Date()
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  private let state: Mutex<State>

  init(names: [String]) {
    self.names = names
    state = Mutex(State(latest: Array(repeating: nil, count: names.count)))
  }

  func update(_ progress: RunProgress) {
    state.withLock { state in
      guard state.latest.indices.contains(progress.runIndex) else { return }
      state.latest[progress.runIndex] = progress
      let now = Date()
      let pause = isTerminal ? 0.2 : 10
      if let last = state.lastDrawn, now.timeIntervalSince(last) < pause { return }
      state.lastDrawn = now
      let lines = lines(state.latest, now: now)
      write(erasing(state.drawnLines) + lines.map { $0 + "\n" }.joined())
      state.drawnLines = lines.count
    }
  }

  func clear() {
    state.withLock { state in
      write(erasing(state.drawnLines))
      state.drawnLines = 0
    }
  }

  /// Back to the first of the lines drawn before, and everything below gone.
  private func erasing(_ lines: Int) -> String {
    isTerminal && lines > 0 ? "\r\u{1B}[\(lines)A\u{1B}[J" : ""
  }

  private func lines(_ latest: [RunProgress?], now: Date) -> [String] {
    let header = ["", "simulated s", "requests", "done", "kW", "running", "waiting", "busy"]
    let rows = zip(names, latest).map { name, progress -> [String] in
      guard let progress else { return [name, "waits"] }
      let share = progress.expectedRequests.map {
        "\(min(100, 100 * progress.endedRequests / max(1, $0))) %"
      }
      let glimpse = progress.glimpse
      return [
        name, Self.text(progress.simulatedSeconds, decimals: 0),
        "\(progress.endedRequests)", progress.isFinished ? "100 %" : share ?? "",
        glimpse.map { Self.text($0.watts / 1e3, decimals: 2) } ?? "",
        glimpse.map { "\($0.runningRows)" } ?? "", glimpse.map { "\($0.waitingRequests)" } ?? "",
        glimpse.map { "\($0.busyReplicas)" } ?? "",
      ]
    }
    let elapsed = Self.text(now.timeIntervalSince(start), decimals: 0)
    return Self.aligned([header] + rows) + ["after \(elapsed) s"]
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + blanks : blanks + cell
      }.joined(separator: "  ")
    }
  }

  private static func text(_ number: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", locale: Locale(identifier: "en_US_POSIX"), number)
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
