#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension KernelTimes {
  /// The routed experts of one layer on one GPU: gate, up and down products of those that the
  /// tokens reach.
  public struct Experts: Sendable {
    let times: KernelTimes
    /// Of the layer, and those of them that this GPU holds.
    let expertCount: Double
    let heldExpertCount: Double
    let expertsPerToken: Double
    let hidden: Double
    /// Of one expert's feed-forward block on this GPU.
    let width: Double
    let weightBytes: Double
    /// Tokens that choose their experts at random, of all: the others follow them.
    let rowShare: Double
    /// Over the tokens per expert alone.
    let surface: KernelSurface?

    /// Experts of this GPU that at least one of the tokens reaches, if each token chooses
    /// `expertsPerToken` of all at random: E·(1 - (1 - k/E)^tokens), where tokens are those that
    /// choose at random.
    public func distinctExperts(tokens: Double) -> Double {
      let choosing = max(min(tokens, 1), tokens * rowShare)
      return heldExpertCount * (1 - pow(1 - expertsPerToken / expertCount, choosing))
    }

    public func work(tokens: Double) -> Work { work(tokens: tokens, width: width) }

    /// What the kernels do: whole tiles of an expert's width.
    private func filledWork(tokens: Double) -> Work {
      let tile = times.kernels.expertTileWidth
      return work(tokens: tokens, width: (width / tile).rounded(.up) * tile)
    }

    /// The two products read and write what visits the experts of this GPU; the gate before the
    /// second and the sum after it pass over what all the chosen experts make, wherever they are.
    private func work(tokens: Double, width: Double) -> Work {
      let choices = tokens * expertsPerToken
      let visits = choices * heldExpertCount / expertCount
      let weights = 3 * hidden * width
      let activations =
        visits * (2 * hidden + 3 * self.width) + choices * (hidden + 3 * self.width)
      let flop = KernelTimes.flopPerProductTerm * visits * weights
      let bytes =
        distinctExperts(tokens: tokens) * weights * weightBytes
        + times.kernels.activations.bytesPerActivation * activations
      return Work(
        compute: times.productComputeSeconds(flop: flop, weightBytes: weightBytes),
        memory: times.memorySeconds(bytes: bytes))
    }

    /// Whether an expert's width is such that its weights are loaded piecemeal; told by weights of
    /// two bytes, whose kernels take them as they are.
    public var isUnaligned: Bool {
      weightBytes == WeightFormat.plainBytesPerWeight
        && !(width / times.kernels.expertAlignment).isWhole
    }

    /// Arithmetic of one row more for each expert that this GPU holds, at the efficiency of matrix
    /// products.
    var secondsOfARowEach: Double {
      let flop = KernelTimes.flopPerProductTerm * heldExpertCount * 3 * hidden * width
      return times.productComputeSeconds(flop: flop, weightBytes: weightBytes)
        / times.kernels.gemmComputeEfficiency
    }

    /// Two grouped products.
    public func rooflineSeconds(tokens: Double) -> Double {
      let work = filledWork(tokens: tokens)
      return times.kernels.gemmLatency
        + times.kernels.matrixProductSeconds(
          computeAtPeak: work.compute, memoryAtPeak: work.memory)
    }

    public func seconds(tokens: Double) -> Double {
      let perExpert = tokens * expertsPerToken / expertCount
      let logarithm = surface.map {
        $0.value(at: KernelTimes.coordinate(perExpert)) + (isUnaligned ? $0.unaligned : 0)
      }
      return times.corrected(
        rooflineSeconds(tokens: tokens), logarithm, least: work(tokens: tokens))
    }
  }

  /// What tells one expert's kernels from another's: its width times the root of the hidden size.
  /// Of the two grouped products one is as deep as the hidden state and the other as the width.
  public static func expertSize(hidden: Double, width: Double) -> Double {
    width * hidden.squareRoot()
  }

  public func experts(
    count: Double, held: Double, perToken: Double, hidden: Double, width: Double,
    weightBytes: Double, rowShare: Double = 1
  ) -> Experts {
    let kind: KernelKind = hasFP8(weightBytes) ? .expertsFP8 : .experts
    let surface = kernels.surfaces[kind]?.fixing([
      1: Self.coordinate(held), 2: Self.coordinate(Self.expertSize(hidden: hidden, width: width)),
      3: Self.coordinate(count / held),
    ])
    return Experts(
      times: self, expertCount: count, heldExpertCount: held, expertsPerToken: perToken,
      hidden: hidden, width: width, weightBytes: weightBytes, rowShare: rowShare,
      surface: surface)
  }
}

extension Double {
  fileprivate var isWhole: Bool { rounded() == self }
}
