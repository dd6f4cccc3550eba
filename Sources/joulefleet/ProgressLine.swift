import Foundation
import Studies
import Synchronization

/// One line on the terminal that says how far a study has come and when it will be done.
///
/// Drawn over itself on standard error; nothing at all where that is not a terminal.
final class ProgressLine: Sendable {
  private struct State {
    var ended: [Int]
    var isFinished: [Bool]
    var lastDrawn: Date?
  }

  private let expected: [Int?]
  private let start = Date()
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  private let state: Mutex<State>

  /// `expected` holds the requests that each run will see, where known.
  init(expected: [Int?]) {
    self.expected = expected
    state = Mutex(
      State(
        ended: Array(repeating: 0, count: expected.count),
        isFinished: Array(repeating: false, count: expected.count), lastDrawn: nil))
  }

  /// Takes a report; callable from any thread.
  func update(_ progress: RunProgress) {
    guard isTerminal else { return }
    state.withLock { state in
      state.ended[progress.runIndex] = progress.endedRequests
      state.isFinished[progress.runIndex] = progress.isFinished
      let now = Date()
      if let last = state.lastDrawn, now.timeIntervalSince(last) < 0.1 { return }
      state.lastDrawn = now
      draw(line(state, now: now))
    }
  }

  /// Takes the line away.
  func clear() {
    guard isTerminal else { return }
    draw("")
  }

  private func line(_ state: State, now: Date) -> String {
    let done = state.ended.reduce(0, +)
    let runs = expected.count
    let finished = state.isFinished.count { $0 }
    let head = runs > 1 ? "\(finished) of \(runs) runs, " : ""
    guard let share = share(state) else { return "\(head)\(done) requests" }
    let percent = Int((share * 100).rounded(.down))
    let elapsed = now.timeIntervalSince(start)
    guard share > 0.01 else { return "\(head)\(done) requests, \(percent) %" }
    let left = Duration.seconds((elapsed / share - elapsed).rounded(.up))
    return "\(head)\(done) requests, \(percent) %, \(left.formatted(.units(width: .narrow))) left"
  }

  /// The part of all requests that has ended; nil where their number is not known.
  private func share(_ state: State) -> Double? {
    var total = 0
    var done = 0
    for (index, count) in expected.enumerated() {
      guard let count else { return nil }
      total += count
      done += state.isFinished[index] ? count : min(count, state.ended[index])
    }
    return total == 0 ? nil : Double(done) / Double(total)
  }

  private func draw(_ text: String) {
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }
}
