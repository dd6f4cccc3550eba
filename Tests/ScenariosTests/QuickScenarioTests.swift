import AnswerModels
import FleetEngine
import Quantities
import Scenarios
import Testing
import Workloads

private func failure(_ line: String) -> String {
  do {
    _ = try QuickScenario.parse(line, catalog: catalog)
    return "none"
  } catch {
    return "\(error)"
  }
}

private let base = "gpu=h100-sxm,model=qwen3-8b,prompt=512,output=660"

@Test func `a quick line stands for the scenario that it prints`() throws {
  let line =
    "\(base),tensor-parallel=2,replicas=3,concurrency=100,seed=9,strategy=majority-vote:k=4"
  let direct = try QuickScenario.parse(line, catalog: catalog)
  let printed = try Scenario.parse(
    text: QuickScenario.text(of: line), file: "quick.yaml", catalog: catalog)
  for scenario in [direct, printed] {
    #expect(scenario.seed == 9)
    #expect(scenario.pools[0].gpusPerReplica == 2)
    #expect(scenario.pools[0].replicaCount == 3)
    #expect(scenario.pools[0].limits.batchRowLimit == 400)
    #expect(scenario.arms[0].strategy.samples == 4)
    #expect(scenario.policies.map(\.name) == ["quick"])
    let run = try scenario.prepare(policy: 0)
    #expect(run.fleet.arrivals == .closedLoop(concurrencyPerReplica: 100))
    #expect(run.fleet.window == .steadyState)
    #expect(run.expectedRequests == 6000)
    var source = try run.makeSource()
    let first = try #require(try source.next())
    #expect(first.promptTokens == 512)
    #expect(first.recordedOutputTokens == 660)
  }
  #expect(direct.sha256 == printed.sha256)
}

@Test func `the defaults of a quick line are a closed loop of 64 on one replica`() throws {
  let scenario = try QuickScenario.parse(base, catalog: catalog)
  let run = try scenario.prepare(policy: 0)
  #expect(run.fleet.arrivals == .closedLoop(concurrencyPerReplica: 64))
  #expect(run.expectedRequests == 1280)
  #expect(scenario.seed == 1)
  let few = try QuickScenario.parse(base + ",concurrency=1", catalog: catalog)
  #expect(try few.prepare(policy: 0).expectedRequests == 500)
}

@Test func `a quick line with a rate is open, with distributions of the mean given`() throws {
  let line = "gpu=l40s,model=qwen2.5-1.5b,rate=5,duration=2h,prompt=exp:300,output=lognormal:90:0.8"
  let run = try QuickScenario.parse(line, catalog: catalog).prepare(policy: 0)
  #expect(run.fleet.arrivals == .open)
  #expect(run.expectedRequests == 36_000)
  var source = try run.makeSource()
  var prompts = 0.0
  var outputs = 0.0
  var count = 0.0
  while let query = try source.next() {
    prompts += Double(query.promptTokens)
    outputs += Double(try #require(query.recordedOutputTokens))
    count += 1
  }
  // Standard errors: 300/√36000 = 1.6; sd of the log-normal is 0.947 of its mean: 0.45.
  #expect(abs(prompts / count - 300) < 6.5)
  #expect(abs(outputs / count - 90) < 2)
}

@Test func `a quick line may name a task and a strategy`() throws {
  let line = "gpu=h100-sxm,model=qwen2.5-7b,task=gsm8k,strategy=majority-vote:k=8,requests=2000"
  let scenario = try QuickScenario.parse(line, catalog: catalog)
  #expect(scenario.taskNames == ["gsm8k"])
  var source = try scenario.prepare(policy: 0).makeSource()
  let query = try #require(try source.next())
  #expect(query.recordedOutputTokens == nil)
  #expect(scenario.answers.isCorrect(query, arm: 0) != nil)
}

@Test(arguments: [
  ("gpu=h10-sxm,model=qwen3-8b,prompt=1,output=1", "--quick: gpu is \"h10-sxm\"; expected one of "),
  ("modl=x", "--quick: unknown key \"modl\"; expected one of gpu, model, tensor-parallel, "),
  ("model=qwen3-8b,prompt=1,output=1", "--quick: missing key \"gpu\"; expected gpu=…"),
  (
    "\(base),rate=5,concurrency=3",
    "--quick: rate is given beside concurrency; expected one or the other"
  ),
  ("\(base),rate=-5", "--quick: rate is \"-5\"; expected a number > 0, queries per second"),
  ("\(base),duration=60s", "--quick: duration is given for a closed loop; expected requests=…"),
  ("\(base),clock-mhz=fast", "--quick: clock-mhz is \"fast\"; expected a number > 0"),
  ("\(base),clock-mhz=3000", "--quick: clock_mhz is 3000; expected a number ≥ 345 and ≤ 1980"),
  ("\(base),cap-w=100", "--quick: cap_w is 100; expected a number ≥ 200 and ≤ 700"),
  ("\(base),clok-mhz=900", "--quick: unknown key \"clok-mhz\""),
  ("\(base),prompt=3", "--quick: prompt is there more than once"),
  (
    "gpu=h100-sxm,model=qwen3-8b,prompt=exp,output=1",
    "--quick: prompt is \"exp\"; expected tokens: a number, "
  ),
  (
    "gpu=h100-sxm,model=qwen3-8b,prompt=9",
    "--quick: missing key \"output\"; expected output=TOKENS, or task=NAME"
  ),
  (
    "gpu=h100-sxm,model=qwen3 8b,prompt=9,output=9",
    "--quick: model is \"qwen3 8b\"; expected letters"
  ),
  (
    "\(base),requests=9",
    "--quick: requests is 9; expected at least 128: twice the requests in flight"
  ),
  ("\(base),strategy=cascade", "--quick: strategy cascade needs the parameter 'then'"),
  (
    "\(base),task=gsm8k,strategy=cascade:then=qwen3-32b+k=3",
    "--quick: no pool serves \"qwen3-32b\""
  ),
  ("gpu=l40s,model=llama-3.1-70b,prompt=9,output=9", "--quick: llama-3.1-70b does not fit l40s"),
])
func `a broken quick line gets one clear error`(line: String, beginning: String) {
  let message = failure(line)
  #expect(message.hasPrefix(beginning), "\(message)")
}
