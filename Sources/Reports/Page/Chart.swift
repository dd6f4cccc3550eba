internal import Studies

/// A chart of the report: a Vega-Lite specification with its data inside, and words for those
/// who do not see it.
struct Chart: Sendable {
  /// A color and what it stands for. The page writes it as text, which wraps where it is narrow.
  struct LegendEntry: Sendable {
    var label: String
    var color: String
  }

  /// Identifier of its element in the page.
  var id: String
  var title: String
  /// What it shows and how to read it, in a sentence or two.
  var caption: String
  var legend: [LegendEntry]
  /// Whether it takes the whole width of the page.
  var isWide = false
  /// Whether its legend names policies, of which the reader may pick one out in all charts.
  var picksPolicies = false
  var specification: JSONValue

  init(
    id: String, title: String, caption: String, legend: [LegendEntry],
    picksPolicies: Bool = false, specification: [String: JSONValue]
  ) {
    self.id = id
    self.title = title
    self.caption = caption
    self.legend = legend
    self.picksPolicies = picksPolicies
    var members = specification
    members["$schema"] = "https://vega.github.io/schema/vega-lite/v6.json"
    members["width"] = "container"
    members["autosize"] = ["type": "fit-x", "contains": "padding"]
    if picksPolicies {
      let others = members["params"].map { [$0] } ?? []
      members["params"] = .array([["name": "chosen", "value": ""]] + others)
    }
    self.specification = .object(members)
  }
}

extension Chart {
  /// Twenty colors that stand out on a light and on a dark page; further policies begin again.
  private static let palette = [
    "#4c86c6", "#f58518", "#e45756", "#54a24b", "#b279a2", "#2fb5ad", "#d6a100", "#ff7f9d",
    "#9d755d", "#8a8f98", "#79aee0", "#ffb266", "#f09a99", "#8fcf86", "#d3a8c6", "#83d3cd",
    "#e8c75a", "#ffb3c4", "#c4a58f", "#b6bac0",
  ]

  /// The color of each policy, the same in every chart: by its place in the study.
  static func policyLegend(_ study: StudyResult) -> [LegendEntry] {
    legend(of: study.runs.map(\.name))
  }

  /// A color for each name, by its place.
  static func legend(of names: [String]) -> [LegendEntry] {
    names.enumerated().map { position, name in
      LegendEntry(label: name, color: palette[position % palette.count])
    }
  }

  /// The encoding that gives the values of `field` the colors of a legend.
  static func color(of field: String, _ legend: [LegendEntry]) -> JSONValue {
    [
      "field": .string(field), "type": "nominal", "legend": .null,
      "scale": [
        "domain": .array(legend.map { .string($0.label) }),
        "range": .array(legend.map { .string($0.color) }),
      ],
    ]
  }

  /// The opacity of marks whose data name a policy: faint where another has been picked.
  static func opacity(_ full: Double = 1) -> JSONValue {
    [
      "condition": [
        "test": "chosen === '' || datum.policy === chosen", "value": .number(full),
      ],
      "value": .number(full / 8),
    ]
  }

  /// Moves with the pointer, zooms with its wheel while Shift is held, so that a page scrolls past.
  static let panAndZoom: JSONValue = [
    "name": "view", "select": ["type": "interval", "zoom": "wheel![event.shiftKey]"],
    "bind": "scales",
  ]
}
