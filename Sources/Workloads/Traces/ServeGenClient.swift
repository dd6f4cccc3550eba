internal import NumericalMethods
internal import Quantities

/// The files of one ServeGen client: its arrivals by window, its lengths by longer windows.
public struct ServeGenFiles: Sendable {
  public var arrivals: TraceFile
  /// Nil where the client comes without.
  public var lengths: TraceFile?

  public init(arrivals: TraceFile, lengths: TraceFile?) {
    self.arrivals = arrivals
    self.lengths = lengths
  }
}

/// How one client asks in one window of time.
struct ServeGenWindow {
  var start: Double
  /// Requests per second; 0 where the client is idle.
  var rate: Double
  var gaps: UnitGapLaw
}

/// The arrival process of one client: a renewal process on a clock that runs with its rate.
///
/// Only the shape of the gaps is the fit's; their mean is 1 / rate, which the fitted one is not.
/// A gap that a window ends in goes on in the next one. The process starts within a gap.
struct ServeGenArrivals {
  private let windows: [ServeGenWindow]
  private let windowSeconds: Double
  private let stream: RandomStream
  private let client: UInt64
  private var index: Int
  /// Expected arrivals from the start of the window on, of the arrival given out last.
  private var count = 0.0
  private var drawn: UInt64 = 0

  /// Starts at the window that holds `from` seconds. `client` keys the draws.
  init(
    _ windows: [ServeGenWindow], windowSeconds: Double, from: Double, client: UInt64,
    stream: RandomStream
  ) {
    self.windows = windows
    self.windowSeconds = windowSeconds
    self.stream = stream
    self.client = client
    index = windows.firstIndex { $0.start + windowSeconds > from } ?? windows.count
  }

  /// Seconds of the next arrival, and the key of its draws; nil after the last window.
  mutating func next() -> (seconds: Double, key: UInt64)? {
    guard let current = windows[min(index, windows.count)...].first(where: { $0.rate > 0 }) else {
      return nil
    }
    let key = client << 40 | drawn
    count +=
      drawn == 0 ? current.gaps.rest(stream, id: key) : current.gaps.gap(stream, id: key)
    drawn += 1
    while index < windows.count, isOver(windows[index]) {
      count -= windows[index].rate * windowSeconds
      index += 1
    }
    guard index < windows.count else { return nil }
    return (windows[index].start + count / windows[index].rate, key)
  }
}

extension ServeGenArrivals {
  /// Whether the next arrival comes after the window: always after an idle one.
  private func isOver(_ window: ServeGenWindow) -> Bool {
    window.rate == 0 || count > window.rate * windowSeconds
  }
}

/// A histogram of token counts, drawn from by inversion.
struct TokenHistogram {
  private(set) var values: [Int32] = []
  /// Running sums of the probabilities, the last one all.
  private var sums: [Float] = []

  var isEmpty: Bool { values.isEmpty }
  var total: Float { sums.last ?? 0 }

  mutating func append(_ value: Int, _ probability: Double) {
    values.append(Int32(value))
    sums.append(Float(Double(total) + probability))
  }

  /// The value at a probability in (0, 1).
  func tokens(_ probability: Double) -> Int {
    let target = Float(probability) * total
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] < target { low = middle + 1 } else { high = middle }
    }
    return Int(values[low])
  }
}

/// The lengths of one client's requests, by window.
struct ServeGenLengths {
  /// Fields of a data set that tell lengths; others are not read.
  enum Field: String, CaseIterable {
    case input = "input_tokens"
    case text = "text_tokens"
    case image = "image_tokens"
    case audio = "audio_tokens"
    case video = "video_tokens"
    case imageCount = "image_count"
    case audioCount = "audio_count"
    case videoCount = "video_count"
    case output = "output_tokens"
  }

  /// Tokens of one medium and how many pieces of it a request has.
  private static let media: [(Field, Field)] = [
    (.image, .imageCount), (.audio, .audioCount), (.video, .videoCount),
  ]

  /// In order of time.
  private(set) var windows: [(start: Double, histograms: [Field: TokenHistogram])] = []

  init(_ windows: [(start: Double, histograms: [Field: TokenHistogram])]) {
    self.windows = windows.sorted { $0.start < $1.start }
    fillGaps()
  }

  /// Whether every request has a prompt and an output.
  var isComplete: Bool {
    guard let first = windows.first?.histograms else { return false }
    return first[.output] != nil && (first[.input] != nil || first[.text] != nil)
  }

  /// A window without data repeats the one before it; those before the first with data, that one.
  private mutating func fillGaps() {
    for field in Field.allCases {
      var last = windows.lazy.compactMap { $0.histograms[field] }.first { !$0.isEmpty }
      for index in windows.indices {
        if let own = windows[index].histograms[field], !own.isEmpty { last = own }
        windows[index].histograms[field] = last
      }
    }
  }

  /// Prompt and output of a request at `seconds`: text, and the tokens of each picture, sound and
  /// film.
  func draw(at seconds: Double, _ stream: RandomStream, key: UInt64) -> (prompt: Int, output: Int) {
    let window = windows.last { $0.start <= seconds } ?? windows[0]
    var index: UInt64 = 0
    func tokens(_ field: Field) -> Int {
      defer { index += 1 }
      return window.histograms[field]?.tokens(stream.uniform(id: key, index: index)) ?? 0
    }
    let output = tokens(.output)
    var prompt = tokens(.input) + tokens(.text)
    for (size, count) in Self.media {
      for _ in 0..<tokens(count) { prompt += tokens(size) }
    }
    return (prompt, output)
  }
}
