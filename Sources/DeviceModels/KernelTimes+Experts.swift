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
    /// Over the tokens per expert alone.
    let surface: KernelSurface?

    /// Experts of this GPU that at least one of the tokens reaches, if each token chooses
    /// `expertsPerToken` of all at random: E·(1 - (1 - k/E)^tokens).
    public func distinctExperts(tokens: Double) -> Double {
      heldExpertCount * (1 - pow(1 - expertsPerToken / expertCount, tokens))
    }

    public func work(tokens: Double) -> Work {
      let visits = tokens * expertsPerToken * heldExpertCount / expertCount
      let weights = 3 * hidden * width
      let activations =
        times.kernels.activations.bytesPerActivation * visits * (2 * hidden + 3 * width)
      let flop = KernelTimes.flopPerProductTerm * visits * weights
      let bytes = distinctExperts(tokens: tokens) * weights * weightBytes + activations
      return Work(
        compute: times.productComputeSeconds(flop: flop, weightBytes: weightBytes),
        memory: times.memorySeconds(bytes: bytes))
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
      let work = work(tokens: tokens)
      return times.kernels.gemmLatency
        + times.kernels.matrixProductSeconds(
          computeAtPeak: work.compute, memoryAtPeak: work.memory)
    }

    public func seconds(tokens: Double) -> Double {
      let perExpert = tokens * expertsPerToken / expertCount
      let logarithm = surface?.value(at: KernelTimes.coordinate(perExpert))
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
    weightBytes: Double
  ) -> Experts {
    let kind: KernelKind = hasFP8(weightBytes) ? .expertsFP8 : .experts
    let surface = kernels.surfaces[kind]?.fixing([
      1: Self.coordinate(held), 2: Self.coordinate(Self.expertSize(hidden: hidden, width: width)),
      3: Self.coordinate(count / held),
    ])
    return Experts(
      times: self, expertCount: count, heldExpertCount: held, expertsPerToken: perToken,
      hidden: hidden, width: width, weightBytes: weightBytes, surface: surface)
  }
}
