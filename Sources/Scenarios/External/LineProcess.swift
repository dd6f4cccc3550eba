internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A process of the user's that answers each line with a line.
///
/// Lines go both ways at once, so that neither side waits for a full pipe. What it says on its
/// standard error goes to ours.
final class LineProcess: @unchecked Sendable {
  private let process = Process()
  private let command: [String]
  private let input = Pipe()
  private let output = Pipe()
  /// What has been read beyond the last whole line that was asked for.
  private var pending: [UInt8] = []
  private var piece = [UInt8](repeating: 0, count: 1 << 16)

  /// Throws an `InputError` where the command cannot be started. `folder` is where it runs.
  init(_ command: [String], folder: String) throws(InputError) {
    self.command = command
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(filePath: folder.isEmpty ? "." : folder)
    process.standardInput = input
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw InputError(
        problem: "the policy process \(Self.text(command)) cannot be started: \(error)",
        expectation: "a command that exists")
    }
    // Writing to a process that has gone is an error to report, not a reason to die.
    signal(SIGPIPE, SIG_IGN)
    let writer = input.fileHandleForWriting.fileDescriptor
    _ = fcntl(writer, F_SETFL, fcntl(writer, F_GETFL) | O_NONBLOCK)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    guard process.isRunning else { return }
    process.terminate()
  }

  static func text(_ command: [String]) -> String { command.joined(separator: " ") }

  /// Sends `lines` and reads `count` lines; each call of `line` gets one without its end.
  func exchange(
    _ lines: [UInt8], count: Int, _ line: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    var sent = 0
    var left = try takeLines(count, line)
    while left > 0 || sent < lines.count {
      var descriptors = [
        pollfd(
          fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(
          fd: input.fileHandleForWriting.fileDescriptor, events: Int16(POLLOUT), revents: 0),
      ]
      let watched = sent < lines.count ? 2 : 1
      guard poll(&descriptors, nfds_t(watched), Self.patienceMilliseconds) > 0 else {
        throw failure("has not answered for \(Self.patienceMilliseconds / 1_000) s")
      }
      if watched == 2, descriptors[1].revents != 0 { sent += try send(lines, from: sent) }
      guard descriptors[0].revents != 0 else { continue }
      try receive()
      left = try takeLines(left, line)
    }
  }

  /// As long as a policy may think over one exchange.
  private static let patienceMilliseconds: Int32 = 60_000

  private func send(_ lines: [UInt8], from sent: Int) throws -> Int {
    let count = lines.withUnsafeBytes { bytes in
      write(
        input.fileHandleForWriting.fileDescriptor, bytes.baseAddress! + sent, bytes.count - sent)
    }
    guard count < 0 else { return count }
    guard errno == EAGAIN || errno == EINTR else { throw failure("does not read on") }
    return 0
  }

  private func receive() throws {
    let count = piece.withUnsafeMutableBytes {
      read(output.fileHandleForReading.fileDescriptor, $0.baseAddress, $0.count)
    }
    guard count > 0 else { throw failure("has ended") }
    pending.append(contentsOf: piece[..<count])
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

  /// An error that says what the process did, and how it ended where it has.
  func failure(_ what: String) -> InputError {
    var end = ""
    if what == "has ended" || what == "does not read on" {
      process.waitUntilExit()
      end = " with status \(process.terminationStatus)"
    }
    return InputError(
      problem: "the policy process \(Self.text(command)) \(what)\(end)",
      expectation: "an answer to every line (docs/policies.md)")
  }
}
