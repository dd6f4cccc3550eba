/// The script of the report: draws every chart, in the colors of the reader's preference.
enum ReportScript {
  static let text = """
    (function () {
      const charts = JSON.parse(document.getElementById("charts").textContent);
      const dark = window.matchMedia("(prefers-color-scheme: dark)");
      const views = new Map();
      let chosen = "";
      let pointed = "";
      let printing = false;
      function theme() {
        const isDark = dark.matches && !printing;
        const text = isDark ? "#d5d9de" : "#333840";
        const line = isDark ? "#363c43" : "#dfe3e8";
        return {
          background: isDark ? "#1d2126" : "#f6f7f9", font: "system-ui, sans-serif",
          view: { stroke: null },
          axis: { labelColor: text, titleColor: text, gridColor: line, domainColor: line,
            tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
          legend: { labelColor: text, titleColor: text, labelFontSize: 12 },
          text: { color: text }
        };
      }
      function withoutLegends(part) {
        if (Array.isArray(part)) { return part.map(withoutLegends); }
        if (part === null || typeof part !== "object") { return part; }
        const copy = {};
        for (const key of Object.keys(part)) { copy[key] = withoutLegends(part[key]); }
        if (copy.type === "nominal" && copy.legend) { copy.legend = null; }
        return copy;
      }
      function onPage(specification) {
        const copy = withoutLegends(specification);
        delete copy.title;
        copy.config = theme();
        return copy;
      }
      function show(chart, view) {
        if (chart.picksPolicies) { view.signal("chosen", pointed || chosen).runAsync(); }
      }
      function showAll() {
        for (const chart of charts) {
          if (views.has(chart.id)) { show(chart, views.get(chart.id)); }
        }
      }
      function choose(policy) {
        chosen = chosen === policy ? "" : policy;
        pointed = "";
        for (const button of document.querySelectorAll("button[data-policy]")) {
          button.setAttribute("aria-pressed", String(button.dataset.policy === chosen));
        }
        for (const row of document.querySelectorAll("tr[data-row]")) {
          row.classList.toggle("chosen", row.dataset.row === chosen);
        }
        showAll();
      }
      function point(policy) {
        if (pointed === policy) { return; }
        pointed = policy;
        showAll();
      }
      function draw() {
        for (const chart of charts) {
          const place = document.getElementById(chart.id);
          const options = { renderer: "svg", actions: false };
          vegaEmbed(place, onPage(chart.specification), options)
            .then(function (result) {
              views.set(chart.id, result.view);
              show(chart, result.view);
              if (chart.picksPolicies) {
                result.view.addEventListener("click", function (event, item) {
                  if (item && item.datum && item.datum.policy) { choose(item.datum.policy); }
                });
              }
            }).catch(function (problem) { place.textContent = "Chart not drawn: " + problem; });
        }
      }
      function save(name, url) {
        const link = document.createElement("a");
        link.download = name;
        link.href = url;
        document.body.append(link);
        link.click();
        link.remove();
      }
      function download(id, kind) {
        const chart = charts.find(function (chart) { return chart.id === id; });
        if (kind === "json") {
          const text = JSON.stringify(chart.specification, null, 2);
          const blob = new Blob([text], { type: "application/json" });
          save(id + ".vl.json", URL.createObjectURL(blob));
          return;
        }
        const whole = Object.assign({}, chart.specification, { width: 840, padding: 16 });
        const place = document.createElement("div");
        vegaEmbed(place, whole, { renderer: "none", actions: false }).then(function (result) {
          if (chart.picksPolicies) { result.view.signal("chosen", chosen); }
          return result.view.toImageURL(kind, 2).then(function (url) {
            save(id + "." + kind, url);
            result.finalize();
          });
        });
      }
      function copy(button) {
        const text = document.getElementById(button.dataset.copy).textContent;
        const area = document.createElement("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
        const isDone = document.execCommand("copy");
        area.remove();
        button.focus();
        button.textContent = isDone ? "Copied" : "Not copied: select the text";
      }
      document.addEventListener("click", function (event) {
        const button = event.target.closest("button");
        if (!button) { return; }
        if (button.dataset.policy !== undefined) { choose(button.dataset.policy); }
        if (button.dataset.copy) { copy(button); }
        if (button.dataset.save && views.has(button.dataset.chart)) {
          download(button.dataset.chart, button.dataset.save);
        }
      });
      document.addEventListener("keydown", function (event) {
        if (event.key === "Escape" && chosen) { choose(chosen); }
      });
      for (const button of document.querySelectorAll("button[data-policy]")) {
        button.addEventListener("pointerenter", function (event) {
          if (event.pointerType === "mouse") { point(button.dataset.policy); }
        });
        button.addEventListener("pointerleave", function () { point(""); });
      }
      function printed(now) {
        return function () { printing = now; if (dark.matches) { draw(); } };
      }
      window.addEventListener("beforeprint", printed(true));
      window.addEventListener("afterprint", printed(false));
      dark.addEventListener("change", draw);
      draw();
    })();
    """
}
