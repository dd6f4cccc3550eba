/// A chart of the report: a Vega-Lite specification with its data inside, and words for those
/// who do not see it.
struct Chart: Sendable {
  /// Identifier of its element in the page.
  var id: String
  var title: String
  /// What it shows and how to read it, in a sentence or two.
  var caption: String
  var specification: JSONValue

  init(id: String, title: String, caption: String, specification: [String: JSONValue]) {
    self.id = id
    self.title = title
    self.caption = caption
    var members = specification
    members["$schema"] = "https://vega.github.io/schema/vega-lite/v6.json"
    members["width"] = "container"
    members["autosize"] = ["type": "fit-x", "contains": "padding"]
    self.specification = .object(members)
  }

  /// The color of a policy, the same in every chart: by its place in the study.
  static func policyColor(_ policies: [String], legend: Bool = true) -> JSONValue {
    var color: [String: JSONValue] = [
      "field": "policy", "type": "nominal",
      "scale": [
        "domain": .array(policies.map(JSONValue.string)),
        "scheme": policies.count > 10 ? "tableau20" : "tableau10",
      ],
    ]
    color["legend"] =
      legend
      ? ["orient": "top", "title": .null, "columns": 0, "labelLimit": 260] : .null
    return .object(color)
  }
}
