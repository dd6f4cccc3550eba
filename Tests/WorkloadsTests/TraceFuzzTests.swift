import NumericalMethods
import Quantities
import TestSupport
import Testing
import Workloads

/// Traces broken at random: whatever the bytes, the reader gives rows or says what is wrong.
struct TraceFuzzTests {
  static let trace = Array(
    (["TIMESTAMP,ContextTokens,GeneratedTokens"]
      + (0..<6).map { "2023-11-16 18:15:4\($0).680590\($0),\(370 + $0),4\($0)" })
      .joined(separator: "\r\n").utf8)

  /// Bytes that a trace is made of, and some that it never holds.
  static let alphabet = Array("0123456789,-:.T \r\n+x".utf8) + [0, 0x80, 0xC3, 0xEF, 0xFF]

  /// One to three edits of the trace, all drawn from `number`.
  private func mutant(_ number: UInt64) -> [UInt8] {
    let luck = RandomStream(seed: 11, purpose: "trace mutation")
    var index: UInt64 = 0
    func draw(_ bound: Int) -> Int {
      index += 1
      return Int(luck.uniform(id: number, index: index) * Double(bound))
    }
    var bytes = Self.trace
    for _ in 0...draw(3) {
      let position = draw(bytes.count + 1)
      let byte = Self.alphabet[draw(Self.alphabet.count)]
      let end = min(bytes.count, position + draw(40))
      switch draw(5) {
      case 0: bytes.insert(byte, at: position)
      case 1: if position < bytes.count { bytes[position] = byte }
      case 2: bytes.removeSubrange(position..<end)
      case 3: bytes.insert(contentsOf: bytes[position..<end], at: draw(bytes.count + 1))
      default: bytes.removeSubrange(position...)
      }
    }
    return bytes
  }

  @Test func `eight thousand broken traces give rows in order or an error with its place`() throws {
    var outcomes = (whole: 0, faulty: 0)
    for number in 0..<8_000 as Range<UInt64> {
      let bytes = mutant(number)
      let lineCount = bytes.count { $0 == 0x0A } + 1
      var reader = TraceSource(
        CSVTraceReader(
          ByteArraySource(bytes, pieceSize: 1 + Int(number % 97)), columns: .azure), seed: number)
      var last: Query?
      do {
        while let query = try reader.next() {
          #expect(query.id == (last?.id).map { $0 + 1 } ?? 0)
          #expect(query.arrival >= last?.arrival ?? .zero)
          #expect(query.promptTokens > 0 && (query.recordedOutputTokens ?? 0) > 0)
          last = query
        }
        #expect(last != nil)
        outcomes.whole += 1
      } catch let error as TraceError {
        #expect((1...lineCount + 1).contains(error.line))
        outcomes.faulty += 1
      } catch is WorkloadError {
        outcomes.faulty += 1  // rows without tokens only
      }
    }
    // Both happen often, or the mutations test nothing.
    #expect(outcomes.whole > 200 && outcomes.faulty > 4_000, "\(outcomes)")
  }
}
