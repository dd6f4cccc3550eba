internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where a signal handler, which may do next to nothing, says which signal came. Written once,
/// before the handlers are installed.
private nonisolated(unsafe) var wakeDescriptor: Int32 = -1

/// Removes unfinished output folders when the process is interrupted (SIGINT) or told to end
/// (SIGTERM), says so, and then lets the signal do what it would have done.
public enum InterruptGuard {
  /// Installs the guard; once is enough, more do no harm. `words` are what is said of the results:
  /// those of the first call count.
  public static func install(saying words: String = "nothing half-written stays") {
    message.withLock { if $0.isEmpty { $0 = "\njoulefleet: interrupted; \(words)\n" } }
    _ = isInstalled
  }

  private static let message = Mutex("")

  private static let isInstalled: Bool = {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return false }
    wakeDescriptor = ends[1]
    let readEnd = ends[0]
    Thread.detachNewThread { awaitSignal(from: readEnd) }
    for number in [SIGINT, SIGTERM] { handle(number) }
    return true
  }()

  private static func handle(_ number: Int32) {
    let previous = signal(number) { number in
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(wakeDescriptor, &byte, 1)
    }
    // Whoever started the program may have it ignore the signal (nohup, jobs of a script).
    if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(number, SIG_IGN)
    }
  }

  private static func awaitSignal(from descriptor: Int32) {
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) != 1 { guard errno == EINTR else { return } }
    let number = Int32(byte)
    StagingFolder.removeAll {
      try? FileHandle.standardError.write(contentsOf: Data(message.withLock { $0 }.utf8))
      signal(number, SIG_DFL)
      kill(getpid(), number)
    }
  }
}
