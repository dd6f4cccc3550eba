@preconcurrency internal import Dispatch

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Removes unfinished output folders when the process is interrupted (SIGINT) or told to end
/// (SIGTERM), and then lets the signal do what it would have done.
public enum InterruptGuard {
  private static let sources: [any DispatchSourceSignal] = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      StagingFolder.removeAll {
        signal(number, SIG_DFL)
        kill(getpid(), number)
      }
    }
    source.resume()
    return source
  }

  /// Installs the guard; once is enough, more do no harm.
  public static func install() { _ = sources }
}
