import Foundation
import Synchronization

/// One line on the terminal that counts simulations and says when the last will be done.
///
/// Drawn over itself on standard error; where that is not a terminal, a line of its own at most
/// once a minute, as logs of batch systems want it.
final class UnitProgressLine: Sendable {
  private struct State {
    var lastDrawn: Date?
    var wasDrawn = false
  }

  private let start = Date()
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  private let stopHint: String
  private let state = Mutex(State())

  /// `stopHint` says what becomes of the work when the user stops it.
  init(stopHint: String) { self.stopHint = stopHint }

  func update(done: Int, total: Int) {
    state.withLock { state in
      let now = Date()
      let pause = isTerminal ? 0.1 : 60
      if let last = state.lastDrawn, now.timeIntervalSince(last) < pause { return }
      state.lastDrawn = now
      guard isTerminal || done > 0 else { return }
      state.wasDrawn = true
      draw(text(done: done, total: total, now: now))
    }
  }

  /// Takes the line away.
  func clear() {
    guard isTerminal, state.withLock(\.wasDrawn) else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  private func text(done: Int, total: Int, now: Date) -> String {
    let head = "\(done) of \(total) runs"
    guard done > 0, total > done else { return "\(head) (\(stopHint))" }
    let elapsed = now.timeIntervalSince(start)
    let left = Duration.seconds((elapsed * Double(total - done) / Double(done)).rounded(.up))
    return "\(head), \(left.formatted(.units(width: .narrow))) left (\(stopHint))"
  }

  private func draw(_ text: String) {
    let line = isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n"
    FileHandle.standardError.write(Data(line.utf8))
  }
}
