internal import Studies

/// A chart of the report: a Vega-Lite specification with its data inside, and words for those
/// who do not see it.
struct Chart: Sendable {
  /// What a color, and on marks a shape, stands for. The page writes it as text, which wraps where
  /// it is narrow.
  struct LegendEntry: Sendable {
    var label: String
    var color: String
    var shape = MarkShape.square
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
  /// Whole by itself, with title, legend and colors for a light page: what is saved. The page
  /// draws it without title and legend, which it has as text, and in the reader's colors.
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
    members["title"] = .string(title)
    members["config"] = Self.lightTheme
    members["width"] = "container"
    members["autosize"] = ["type": "fit-x", "contains": "padding"]
    if picksPolicies {
      let others = members["params"].map { [$0] } ?? []
      members["params"] = .array([["name": "chosen", "value": ""]] + others)
    }
    self.specification = .object(members)
  }

  private static let lightTheme: JSONValue = [
    "background": "#ffffff", "font": "system-ui, sans-serif", "view": ["stroke": .null],
    "axis": [
      "labelColor": "#333840", "titleColor": "#333840", "gridColor": "#dfe3e8",
      "domainColor": "#dfe3e8", "tickColor": "#dfe3e8", "labelFontSize": 12, "titleFontSize": 12,
      "titleFontWeight": "normal",
    ],
    "legend": ["labelColor": "#333840", "titleColor": "#333840", "labelFontSize": 12],
    "title": ["color": "#1c1f23", "fontSize": 15, "anchor": "start", "offset": 12],
    "text": ["color": "#333840"],
  ]
}

extension Chart {
  /// Twenty colors that stand out on a light and on a dark page; further policies begin again, with
  /// other shapes.
  private static let palette = [
    "#4c86c6", "#f58518", "#e45756", "#54a24b", "#b279a2", "#2fb5ad", "#d6a100", "#ff7f9d",
    "#9d755d", "#8a8f98", "#79aee0", "#ffb266", "#f09a99", "#8fcf86", "#d3a8c6", "#83d3cd",
    "#e8c75a", "#ffb3c4", "#c4a58f", "#b6bac0",
  ]

  /// Color and shape of each policy, the same in every chart: by its place in the study.
  static func policyLegend(_ study: StudyResult) -> [LegendEntry] {
    zip(study.runs.indices, legend(of: study.runs.map(\.name))).map { position, entry in
      var entry = entry
      // A policy that has another's color has not its shape.
      let turn = position + position / palette.count
      entry.shape = MarkShape.allCases[turn % MarkShape.allCases.count]
      return entry
    }
  }

  /// A color for each name, by its place.
  static func legend(of names: [String]) -> [LegendEntry] {
    names.enumerated().map { position, name in
      LegendEntry(label: name, color: palette[position % palette.count])
    }
  }

  /// The encoding that gives the values of `field` the colors of a legend.
  static func color(of field: String, _ legend: [LegendEntry]) -> JSONValue {
    scale(of: field, legend) { $0.color }
  }

  /// The encoding that gives the values of `field` the shapes of a legend.
  static func shape(of field: String, _ legend: [LegendEntry]) -> JSONValue {
    scale(of: field, legend) { $0.shape.rawValue }
  }

  private static func scale(
    of field: String, _ legend: [LegendEntry], to value: (LegendEntry) -> String
  ) -> JSONValue {
    [
      "field": .string(field), "type": "nominal",
      "legend": [
        "title": .null, "orient": "bottom", "columns": 4, "labelLimit": 240, "symbolOpacity": 1,
      ],
      "scale": [
        "domain": .array(legend.map { .string($0.label) }),
        "range": .array(legend.map { .string(value($0)) }),
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

  /// The `axis` of shares from 0 to 1.
  static let percentAxis: JSONValue = [
    "labelExpr": "format(100 * datum.value, ',~r') + ' %'"
  ]
}

/// The symbol of a mark, by Vega's names, so that policies differ by more than their color.
enum MarkShape: String, CaseIterable, Sendable {
  case circle, square
  case up = "triangle-up"
  case diamond, cross
  case down = "triangle-down"

  /// Its outline about the origin, some ten units wide, as SVG has it.
  var path: String {
    switch self {
    case .circle: "M0,-5A5,5 0 1 1 0,5A5,5 0 1 1 0,-5Z"
    case .square: "M-4.5,-4.5h9v9h-9Z"
    case .up: "M0,-5.5L5.5,4.5H-5.5Z"
    case .diamond: "M0,-6L5,0L0,6L-5,0Z"
    case .cross: "M-2,-5.5h4v3.5h3.5v4h-3.5v3.5h-4v-3.5h-3.5v-4h3.5Z"
    case .down: "M0,5.5L5.5,-4.5H-5.5Z"
    }
  }
}
