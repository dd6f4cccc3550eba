/// The script of the report: draws every chart, in the colors of the reader's preference.
enum ReportScript {
  static let text = """
    (function () {
      const charts = JSON.parse(document.getElementById("charts").textContent);
      const dark = window.matchMedia("(prefers-color-scheme: dark)");
      function theme() {
        const text = dark.matches ? "#d5d9de" : "#333840";
        const line = dark.matches ? "#363c43" : "#dfe3e8";
        return {
          background: "transparent", font: "system-ui, sans-serif",
          view: { stroke: null },
          axis: { labelColor: text, titleColor: text, gridColor: line, domainColor: line,
            tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
          legend: { labelColor: text, titleColor: text, labelFontSize: 12 },
          text: { color: text }
        };
      }
      function draw() {
        for (const chart of charts) {
          vegaEmbed("#" + chart.id, chart.specification, {
            config: theme(), renderer: "svg",
            actions: { export: true, source: false, compiled: false, editor: false }
          }).catch(function (problem) {
            document.getElementById(chart.id).textContent = "Chart not drawn: " + problem;
          });
        }
      }
      dark.addEventListener("change", draw);
      draw();
    })();
    """
}
