import DeviceModels
import Foundation
import Quantities
import Scenarios
import Studies
import TestSupport
import Testing

@testable import Reports

/// An affine device that was measured up to four rows.
private struct MeasuredToFour: IterationModel {
  private let base: AffineIterationModel = {
    func ticks(_ microseconds: Int64) -> Int128 {
      SimDuration(nanoseconds: 1000 * microseconds).ticks
    }
    func quanta(_ joules: Double) -> Int128 { Energy(rounding: joules).quanta }
    return AffineIterationModel(
      ticks: ShapeWeights(
        constant: ticks(10_000), perDecodeRow: ticks(100), perContextToken: ticks(1),
        perPrefillToken: ticks(20)),
      quanta: ShapeWeights(
        constant: quanta(4), perDecodeRow: quanta(0.5), perContextToken: quanta(0.001),
        perPrefillToken: quanta(0.01)))
  }()

  var idlePower: Power { .zero }
  func cost(of shape: IterationShape) -> IterationCost { base.cost(of: shape) }
  func extrapolations(upTo extent: ShapeExtent) -> [String] {
    extent.decodeRows > 4 ? ["\(extent.decodeRows) rows are beyond 4"] : []
  }
}

private func request(model: String = "m", against axis: CurveAxis = .batch) -> CurveRequest {
  let replica = CurveReplica(
    gpu: "g", model: model, tensorParallel: 2, cost: MeasuredToFour(), kvBlockCount: 60,
    tokensPerBlock: 16, tokenBudget: 8192, maxModelTokens: 4096)
  let points = [1, 4, 16].map {
    CurvePoint(
      replica: replica, batch: $0, contextTokens: 105, inputTokens: 100, outputTokens: 10)
  }
  return CurveRequest(axis: axis, curves: [points], defaulted: ["input"])
}

struct CurveReportTests {
  @Test func `curves on the terminal are this text`() {
    #expect(CurveText(OperatingCurves(request())).text == Self.golden)
  }

  // By hand: decode (4 + 0.5 b + 0.105 b) / b joules, 10 + 0.1 b + 0.105 b ms; a request is ten
  // iterations of 4 + 0.9 b (0.5 + 0.105) + 0.1 b joules, 10 + 0.9 b (0.1 + 0.105) + 0.2 b ms.
  private static let golden = """
    warning: 16 rows are beyond 4
    warning: m on g × 2: the KV cache does not hold every batch of the curve
    Against batch; held: tensor-parallel 2, mean context 105 tokens, input 100 tokens (default), \
    output 10 tokens; GPU energy.

    m on g × 2
    batch   decode    decode   decode  decode  request   request  calibrated  fits
           J/token  ms/token  token/s   W/GPU  J/token  ms/token
    1         4.61      10.2     98.0     226     4.64      10.4         yes   yes
    4         1.60      10.8      370     297     1.64      11.5         yes   yes
    16       0.855      13.3     1205     515    0.894      16.2          no    no

    decode: an iteration that only decodes
    request: whole requests in a closed loop of the batch, by output token
    calibrated: which lie within what was measured (docs/curves.md)

    """

  @Test func `CSV has a row for every point and says which are measured`() {
    let text = String(decoding: CurveCSV.data(OperatingCurves(request())), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines.count == 4)
    #expect(lines[0].count == CurveCSV.header.count)
    #expect(
      text.split(separator: "\n")[2]
        == "\"m on g × 2\",g,m,2,,,4,105,100,10,1.605,0.01082,369.686,296.673,0.05,0.00012,"
        + "1.6445,0.011538,1,1,1,1,1")
    #expect(text.hasSuffix(",0,0,1,0,0\n"))
  }

  @Test func `JSON has the same figures`() throws {
    let data = try CurveSummary(OperatingCurves(request())).encoded()
    let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(json["schema_version"] as? Int == 1)
    #expect(json["against"] as? String == "batch")
    #expect((json["warnings"] as? [String])?.count == 2)
    let curve = try #require((json["curves"] as? [[String: Any]])?.first)
    let rows = try #require(curve["rows"] as? [[String: Any]])
    #expect(rows.map { $0["calibrated"] as? Bool } == [true, true, false])
    let decode = try #require(rows[1]["decode"] as? [String: Any])
    #expect(abs((decode["j_per_token"] as? Double ?? 0) - 1.605) < 1e-9)
    let prompt = try #require(rows[2]["prompt"] as? [String: Any])
    #expect(prompt["calibrated"] as? Bool == true)
  }

  @Test func `the picture shades each curve from its first to its last measured point`() throws {
    let page = try CurvePage(OperatingCurves(request()), vegaBundle: "/* bundle */").text()
    let marker = "<script type=\"application/json\" id=\"charts\">"
    let start = try #require(page.range(of: marker)).upperBound
    let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)).lowerBound
    let charts = try #require(
      JSONSerialization.jsonObject(with: Data(page[start..<end].utf8)) as? [[String: Any]])
    #expect(charts.count == 6)
    let specification = try #require(charts[0]["specification"] as? [String: Any])
    let layers = try #require(specification["layer"] as? [[String: Any]])
    let bands = try #require((layers[0]["data"] as? [String: Any])?["values"] as? [[String: Any]])
    #expect(bands.count == 1)
    #expect(bands[0]["from"] as? Double == 1 && bands[0]["to"] as? Double == 4)
    let points = try #require((layers[2]["data"] as? [String: Any])?["values"] as? [[String: Any]])
    #expect(points.map { $0["calibrated"] as? String } == ["yes", "yes", "no"])
    #expect(page.contains("16 rows are beyond 4") && page.contains("Against batch; held:"))
  }

  @Test func `names are escaped in the picture`() throws {
    let curves = OperatingCurves(request(model: "</script><img src=x>"))
    let page = try CurvePage(curves, vegaBundle: "/* bundle */").text()
    #expect(!page.contains("<img"))
  }

  @Test func `what an axis does not change is neither shown nor warned of`() {
    let curves = OperatingCurves(request(against: .context))
    #expect(!CurveText(curves).text.contains("request"))
    #expect(curves.warnings.filter { $0.contains("beyond") }.count == 1)
  }
}
