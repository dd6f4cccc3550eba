/// Requests that come by a Poisson process and are served by `servers` servers in step: a service
/// takes whole steps of equal length and ends after each with the same probability, whatever has
/// gone before. While anybody is there one step follows another; who comes during a step waits
/// for its end, who finds nobody starts a step at once.
///
/// This is what a replica with a row limit does when every iteration takes the same time: its rows
/// are the servers, and outputs of geometric length the services. Neither arrivals nor services
/// have a memory, so the number of requests at the starts of steps is a Markov chain, whose
/// stationary law is found exactly. As steps become short the geometric services become
/// exponential, steps start at any time, and the queue becomes M/M/c with Erlang's formula.
public struct MultiServerQueue: Sendable {
  public var servers: Int
  /// Arrivals per step.
  public var arrivalsPerStep: Double
  /// Probability that a service ends with a step.
  public var endProbability: Double

  /// With services of `1/endProbability` steps on average and servers busy with `load`, below 1.
  public init(servers: Int, load: Double, endProbability: Double) {
    self.servers = servers
    self.endProbability = endProbability
    arrivalsPerStep = load * Double(servers) * endProbability
  }

  /// Mean time between arrival and start of service, in steps.
  public var meanWait: Double {
    let law = stationaryLaw()
    var requestTime = 0.0
    var time = 0.0
    for (index, probability) in law.enumerated() {
      let present = index + 1
      // Those who come in a step are there for half of it on average.
      requestTime += probability * (Double(present) + arrivalsPerStep / 2)
      // A step that leaves nobody is followed by the wait for the next arrival.
      time +=
        probability * (1 + endings(of: present)[present, default: 0] * quiet / arrivalsPerStep)
    }
    // Little's law turns the mean number into the mean time in the system.
    return requestTime / time / arrivalsPerStep - 1 / endProbability
  }

  /// Mean wait of M/M/c with the same rates, in steps (Erlang 1917).
  public var erlangMeanWait: Double {
    let offered = arrivalsPerStep / endProbability
    var term = 1.0
    var sum = 0.0
    for server in 0..<servers {
      sum += term
      term *= offered / Double(server + 1)
    }
    let all = term * Double(servers) / (Double(servers) - offered)
    return all / (sum + all) / (Double(servers) * endProbability - arrivalsPerStep)
  }

  // MARK: The chain

  /// Probability that nobody comes during a step.
  private var quiet: Double { arrivals(most: 0)[0] }

  /// Probabilities of 0, 1 … `most` arrivals in a step; e⁻ˣ by its series, as x is small.
  private func arrivals(most: Int) -> [Double] {
    var exponential = 1.0
    var term = 1.0
    for power in 1...60 {
      term *= arrivalsPerStep / Double(power)
      exponential += term
    }
    var probabilities = [1 / exponential]
    for count in 1..<(most + 1) {
      probabilities.append(probabilities[count - 1] * arrivalsPerStep / Double(count))
    }
    return probabilities
  }

  /// Probability of so many endings in a step with `present` requests (binomial).
  private func endings(of present: Int) -> [Int: Double] {
    let busy = min(present, servers)
    var probabilities = [0: 1.0]
    for _ in 0..<busy {
      var next: [Int: Double] = [:]
      for (count, probability) in probabilities {
        next[count, default: 0] += probability * (1 - endProbability)
        next[count + 1, default: 0] += probability * endProbability
      }
      probabilities = next
    }
    return probabilities
  }

  /// Probability of 1, 2 … requests at the start of a step, by state reduction (Grassmann, Taksar
  /// and Heyman 1985: no subtraction, so no loss of digits). The chain is cut where its geometric
  /// tail no longer shows.
  private func stationaryLaw(states: Int = 160) -> [Double] {
    var chain = transitions(states: states)
    for last in stride(from: states - 1, to: 0, by: -1) {
      var out = 0.0
      for to in 0..<last { out += chain[last * states + to] }
      for from in 0..<last {
        let share = chain[from * states + last] / out
        chain[from * states + last] = share
        guard share > 0 else { continue }
        for to in 0..<last { chain[from * states + to] += share * chain[last * states + to] }
      }
    }
    var law = [1.0]
    for state in 1..<states {
      law.append((0..<state).reduce(0) { $0 + law[$1] * chain[$1 * states + state] })
    }
    let sum = law.reduce(0, +)
    return law.map { $0 / sum }
  }

  /// Row by row, state `i` being `i + 1` requests; a step that leaves nobody goes on with one.
  private func transitions(states: Int) -> [Double] {
    var chain = [Double](repeating: 0, count: states * states)
    let arrivals = arrivals(most: 40)
    for present in 1...states {
      for (ended, probability) in endings(of: present) {
        for (came, chance) in arrivals.enumerated() {
          let next = min(states, max(1, present - ended + came))
          chain[(present - 1) * states + next - 1] += probability * chance
        }
      }
    }
    return chain
  }
}
