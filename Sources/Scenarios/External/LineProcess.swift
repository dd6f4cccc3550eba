internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A process of the user's that answers each line with a line.
///
/// Lines go both ways at once, so that neither side waits for a full pipe. What it says on its
/// standard error goes to ours; the last line of it is told where the process fails.
final class LineProcess: @unchecked Sendable {
  private let process = Process()
  private let command: [String]
  private let place: InputPlace
  private let input = Pipe()
  private let output = Pipe()
  private let complaints: ForwardedErrors
  /// How long an exchange waits for the next bytes of an answer.
  private let patience: Duration
  /// What has been read beyond the last whole line that was asked for.
  private var pending: [UInt8] = []
  private var piece = [UInt8](repeating: 0, count: 1 << 16)

  /// Throws an `InputError` at `place` where the command cannot be started. `folder` is where it
  /// runs, `patience` how long it may think before it answers anything.
  init(
    _ command: [String], folder: String, place: InputPlace, patience: Duration = .seconds(60)
  ) throws(InputError) {
    self.command = command
    self.patience = patience
    self.place = place
    let errors = Pipe()
    complaints = ForwardedErrors(errors)
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(filePath: folder.isEmpty ? "." : folder)
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw place.error(
        "the policy process \"\(command.joined(separator: " "))\" cannot be started: \(error)",
        expected: "a command that exists")
    }
    // Writing to a process that has gone is an error to report, not a reason to die.
    signal(SIGPIPE, SIG_IGN)
    let writer = input.fileHandleForWriting.fileDescriptor
    _ = fcntl(writer, F_SETFL, fcntl(writer, F_GETFL) | O_NONBLOCK)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    complaints.forward()
    guard process.isRunning else { return }
    process.terminate()
  }

  /// Sends `lines` and reads `count` lines; each call of `line` gets one without its end.
  /// `subject` names what the answer of an index is to.
  func exchange(
    _ lines: [UInt8], count: Int, subject: (Int) -> String,
    _ line: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    var sent = 0
    var left = try takeLines(count, line)
    // Only answers earn it more time: a process can complain for ever.
    var deadline = ContinuousClock.now + patience
    while left > 0 || sent < lines.count {
      func awaited() -> String { subject(min(count - left, count - 1)) }
      var descriptors = [
        pollfd(
          fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: complaints.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(
          fd: input.fileHandleForWriting.fileDescriptor, events: Int16(POLLOUT), revents: 0),
      ]
      let watched = sent < lines.count ? 3 : 2
      let rest = deadline - .now
      guard rest > .zero else { throw failure("has not answered \(awaited()) for \(seconds) s") }
      let milliseconds = Int32((rest / .milliseconds(1)).rounded(.up))
      guard poll(&descriptors, nfds_t(watched), milliseconds) > 0 else { continue }
      if descriptors[1].revents != 0 { complaints.forward() }
      if watched == 3, descriptors[2].revents != 0 {
        guard let count = send(lines, from: sent) else { throw ending(before: awaited()) }
        sent += count
      }
      guard descriptors[0].revents != 0 else { continue }
      guard receive() else { throw ending(before: awaited()) }
      deadline = .now + patience
      left = try takeLines(left, line)
    }
  }

  /// The patience for a message.
  private var seconds: String { String(format: "%g", patience / .seconds(1)) }

  /// Bytes sent; nil where nobody reads any more.
  private func send(_ lines: [UInt8], from sent: Int) -> Int? {
    let count = lines.withUnsafeBytes { bytes in
      write(
        input.fileHandleForWriting.fileDescriptor, bytes.baseAddress! + sent, bytes.count - sent)
    }
    guard count < 0 else { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Whether there was anything more to read.
  private func receive() -> Bool {
    let count = piece.withUnsafeMutableBytes {
      read(output.fileHandleForReading.fileDescriptor, $0.baseAddress, $0.count)
    }
    guard count > 0 else { return false }
    pending.append(contentsOf: piece[..<count])
    return true
  }

  /// Hands on whole lines, at most `count`; returns how many are left to come.
  private func takeLines(
    _ count: Int, _ line: (ArraySlice<UInt8>) throws -> Void
  ) throws -> Int {
    var left = count
    var start = 0
    while left > 0, let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
      try line(pending[start..<end])
      start = end + 1
      left -= 1
    }
    if start > 0 { pending.removeFirst(start) }
    return left
  }

  /// An error that says what the process did.
  func failure(_ what: String) -> InputError {
    complaints.forward()
    let words = complaints.lastLine.map { "; its last line of errors: \"\($0)\"" } ?? ""
    return place.error(
      "the policy process \"\(command.joined(separator: " "))\" \(what)\(words)",
      expected: "an answer to every line (docs/policies.md)")
  }

  /// The error of a process that has closed one of its ends, with how it came to its own.
  private func ending(before answer: String) -> InputError {
    let start = ContinuousClock.now
    while process.isRunning, ContinuousClock.now - start < Self.lastWords { usleep(1_000) }
    let end: String
    if process.isRunning {
      end = "has closed its input or output"
    } else if process.terminationReason == .uncaughtSignal {
      end = "was killed by signal \(process.terminationStatus)"
    } else {
      end = "ended with exit status \(process.terminationStatus)"
    }
    return failure("\(end) before it answered \(answer)")
  }

  /// How long a process that has closed a pipe is given to end.
  private static let lastWords = Duration.seconds(2)
}
