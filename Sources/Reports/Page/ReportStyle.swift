/// The style sheet of the report.
enum ReportStyle {
  static let text = """
    :root { color-scheme: light dark; --text: #1c1f23; --soft: #5a6068; --page: #fff;
      --panel: #f6f7f9; --line: #d9dde2; --warn: #8a4b00; --warn-page: #fff4e0; }
    @media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --soft: #a2a9b1;
      --page: #15181c; --panel: #1d2126; --line: #363c43; --warn: #ffc77a; --warn-page: #35280f; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.25rem clamp(0.8rem, 3vw, 2.5rem) 3rem; max-width: 1500px;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
      color: var(--text); background: var(--page); overflow-wrap: break-word; }
    h1 { font-size: 1.15rem; font-weight: 600; margin: 0 0 0.3rem; color: var(--soft); }
    h2 { font-size: 1.05rem; margin: 0 0 0.2rem; }
    .headline { font-size: clamp(1.2rem, 2.6vw, 1.75rem); line-height: 1.3; font-weight: 650;
      margin: 0.4rem 0 1rem; max-width: 60ch; }
    .question, .caption, footer { color: var(--soft); }
    .question { margin: 0; max-width: 75ch; }
    .caption { font-size: 0.88rem; margin: 0 0 0.6rem; max-width: 80ch; }
    .warnings { color: var(--warn); background: var(--warn-page); border-left: 4px solid;
      margin: 0.6rem 0 1rem; padding: 0.6rem 1rem; font-size: 0.92rem; }
    .warnings ul, .verdict { margin: 0; padding-left: 1.2rem; }
    .warnings details { margin: 0.3rem 0 0; }
    .verdict { max-width: 100ch; }
    .notice { border: 1px solid var(--line); padding: 0.7rem 1rem; background: var(--panel); }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr));
      gap: 1.2rem; margin: 1.2rem 0; }
    figure { margin: 0; padding: 1rem; background: var(--panel); border-radius: 8px; min-width: 0; }
    figure.wide { grid-column: 1 / -1; }
    .chart { width: 100%; min-height: 120px; }
    .chart svg { max-width: 100%; }
    button { font: inherit; color: inherit; background: none; cursor: pointer; padding: 0 0.3em;
      border: 1px solid transparent; border-radius: 4px; }
    button:hover { border-color: var(--line); }
    button[aria-pressed="true"] { border-color: currentColor; font-weight: 600; }
    .downloads { margin: 0.4rem 0 0; font-size: 0.8rem; color: var(--soft); }
    .downloads button { border-color: var(--line); }
    details { margin: 0 0 1.4rem; }
    summary { cursor: pointer; }
    pre { background: var(--panel); padding: 0.8rem 1rem; overflow-x: auto; font-size: 0.85rem; }
    ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.1rem 1rem;
      margin: 0 0 0.6rem; padding: 0; font-size: 0.85rem; }
    ul.legend span { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 2px;
      margin-right: 0.4em; }
    .statements { display: grid; gap: 0.4rem 2rem;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
    .table { overflow-x: auto; margin: 0 0 1.4rem; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.92rem; }
    caption { text-align: left; font-weight: 600; padding-bottom: 0.4rem; }
    th, td { padding: 0.3rem 0.6rem; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--line); }
    thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
    tr > :first-child { text-align: left; padding-left: 0; position: sticky; left: 0;
      background: var(--page); }
    section { margin-top: 1.6rem; }
    .statements ul { padding-left: 1.2rem; margin: 0.3rem 0 1rem; }
    footer { font-size: 0.85rem; border-top: 1px solid var(--line); padding-top: 0.8rem;
      margin-top: 2rem; }
    code { font-size: 0.92em; overflow-wrap: anywhere; }
    @media print {
      :root { color-scheme: light; --text: #000; --soft: #444; --page: #fff; --panel: #f6f7f9;
        --line: #bbb; --warn: #8a4b00; --warn-page: #fff4e0; }
      body { max-width: none; padding: 0; font-size: 11pt; }
      .charts { display: block; }
      figure, table, .statements > div { break-inside: avoid; }
      figure { margin-bottom: 1rem; }
      .downloads { display: none; }
      .table { overflow: visible; }
      table { font-size: 8pt; }
      tr > :first-child { position: static; }
    }
    """
}
