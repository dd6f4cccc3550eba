/// The style sheet of the report.
enum ReportStyle {
  static let text = screen + print

  private static let screen = """
    :root { color-scheme: light dark; --text: #1c1f23; --soft: #5a6068; --page: #fff;
      --panel: #f6f7f9; --line: #d9dde2; --warn: #8a4b00; --warn-page: #fff4e0; --mark: #e7f0fb;
      --good: #176b34; --bad: #a3231a; }
    @media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --soft: #a2a9b1;
      --page: #15181c; --panel: #1d2126; --line: #363c43; --warn: #ffc77a; --warn-page: #35280f;
      --mark: #23364d; --good: #6fd08c; --bad: #ff9a90; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.25rem clamp(0.8rem, 3vw, 2.5rem) 3rem; max-width: 1500px;
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
      color: var(--text); background: var(--page); overflow-wrap: break-word; }
    h1 { font-size: 1.15rem; font-weight: 600; margin: 0 0 0.3rem; color: var(--soft); }
    h2 { font-size: 1.2rem; margin: 2rem 0 0.6rem; }
    h3, figure h2 { font-size: 1.05rem; margin: 0 0 0.2rem; }
    .headline { font-size: clamp(1.2rem, 2.6vw, 1.75rem); line-height: 1.3; font-weight: 650;
      margin: 0.4rem 0 1rem; max-width: 60ch; text-wrap: pretty; }
    .question, .caption, footer { color: var(--soft); }
    .question { margin: 0; max-width: 100ch; }
    .caption { font-size: 0.88rem; margin: 0 0 0.6rem; max-width: 90ch; }
    .warnings { color: var(--warn); background: var(--warn-page); border-left: 4px solid;
      margin: 0.6rem 0 1rem; padding: 0.6rem 1rem; font-size: 0.92rem; }
    .warnings ul, .verdict { margin: 0; padding-left: 1.2rem; }
    .warnings details { margin: 0.3rem 0 0; }
    .verdict { max-width: 100ch; }
    .notice { border: 1px solid var(--line); padding: 0.7rem 1rem; background: var(--panel); }
    .facts { display: grid; gap: 0.8rem; margin: 1rem 0; padding: 0;
      grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
    .facts div { background: var(--panel); border-radius: 8px; padding: 0.7rem 1rem;
      display: flex; flex-direction: column-reverse; justify-content: flex-end; }
    .facts dt { font-size: 0.85rem; color: var(--soft); }
    .facts dd { margin: 0; font-size: 1.35rem; font-weight: 600;
      font-variant-numeric: tabular-nums; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr));
      gap: 1.2rem; margin: 0 0 1.2rem; }
    .charts.narrow { grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
    figure { margin: 0; padding: 1rem; background: var(--panel); border-radius: 8px; min-width: 0;
      display: flex; flex-direction: column; }
    figure.wide { grid-column: 1 / -1; }
    .chart { width: 100%; min-height: 120px; margin-top: auto; }
    .chart svg { max-width: 100%; }
    button { font: inherit; color: inherit; background: none; cursor: pointer; padding: 0 0.3em;
      border: 1px solid transparent; border-radius: 4px; }
    button:hover { border-color: var(--line); }
    button[aria-pressed="true"] { border-color: currentColor; font-weight: 600; }
    :focus-visible { outline: 2px solid #4c86c6; outline-offset: 2px; }
    .downloads { margin: 0.4rem 0 0; font-size: 0.8rem; color: var(--soft); }
    .downloads button, button.copy { border-color: var(--line); }
    details { margin: 0 0 1.4rem; }
    summary { cursor: pointer; }
    summary h2 { display: inline-block; }
    pre { background: var(--panel); padding: 0.8rem 1rem; overflow-x: auto; font-size: 0.85rem; }
    pre.wrapped { white-space: pre-wrap; margin: 0.3rem 0 0.5rem; }
    .policies { position: sticky; top: 0; z-index: 3; background: var(--page); padding: 0.5rem 0;
      border-bottom: 1px solid var(--line); }
    .policies ul { max-height: 5.4rem; overflow: auto; }
    ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.1rem 0.8rem;
      margin: 0 0 0.6rem; padding: 0; font-size: 0.85rem; }
    .policies ul.legend { margin: 0; }
    .swatch { width: 0.95em; height: 0.95em; margin-right: 0.35em; vertical-align: -0.1em; }
    .on-paper { display: none !important; }
    .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden;
      clip-path: inset(50%); white-space: nowrap; }
    .tables { display: flex; flex-wrap: wrap; gap: 0.4rem 3.5rem; align-items: start; }
    .tables > .table { max-width: 100%; }
    .table { overflow-x: auto; margin: 0 0 1.4rem; position: relative; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.92rem; }
    caption { text-align: left; font-weight: 600; padding-bottom: 0.4rem; }
    caption span { position: sticky; left: 0; display: inline-block;
      max-width: calc(100vw - 2 * clamp(0.8rem, 3vw, 2.5rem)); }
    .table.wide caption span::after { content: "Scrolls sideways \\2192"; display: block;
      color: var(--soft); font-weight: 400; font-size: 0.88em; }
    .table.wide { border-right: 2px dashed var(--line); }
    th, td { padding: 0.3rem 0.6rem; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--line); }
    td.words, th.words { text-align: left; }
    td.sentence { text-align: left; white-space: normal; min-width: 24ch; max-width: 70ch; }
    td small { display: block; color: var(--soft); font-size: 0.82em; font-weight: 400; }
    td.clear { font-weight: 600; }
    td.open { color: var(--soft); }
    td.yes { color: var(--good); font-weight: 600; }
    td.no { color: var(--bad); }
    thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
    tr > :first-child { text-align: left; padding-left: 0; position: sticky; left: 0;
      background: var(--page); }
    tr.chosen > *, tr.chosen > :first-child { background: var(--mark); }
    section { margin-top: 1.6rem; }
    footer { font-size: 0.85rem; border-top: 1px solid var(--line); padding-top: 0.8rem;
      margin-top: 2rem; }
    code { font-size: 0.92em; overflow-wrap: anywhere; }
    @media (max-width: 640px) {
      .policies ul.legend { flex-wrap: nowrap; white-space: nowrap; padding-bottom: 0.2rem; }
      tr > :first-child { min-width: 8.6rem; max-width: 40vw; white-space: normal; }
      .warnings { font-size: 0.85rem; padding: 0.5rem 0.7rem; }
      figure { padding: 0.8rem 0.6rem; }
    }

    """

  private static let print = """
    @media print {
      :root { color-scheme: light; --text: #000; --soft: #444; --page: #fff; --panel: #f6f7f9;
        --line: #bbb; --warn: #8a4b00; --warn-page: #fff4e0; --mark: #fff; --good: #176b34;
        --bad: #a3231a; }
      body { max-width: none; padding: 0; font-size: 11pt; }
      .charts { grid-template-columns: 1fr 1fr; gap: 0.6rem; }
      .charts.narrow { grid-template-columns: 1fr 1fr 1fr; }
      .chart svg { height: auto; }
      .caption, ul.legend { font-size: 7.5pt; }
      figure { padding: 0.5rem; }
      h2, h3, figure h2 { font-size: 10pt; margin-top: 0.6rem; }
      .headline { font-size: 15pt; }
      figure, tr, caption { break-inside: avoid; }
      h2, h3, caption, thead { break-after: avoid; }
      figure { margin-bottom: 1rem; }
      .downloads, .policies, button.copy { display: none; }
      .on-paper { display: flex !important; }
      .tables { display: block; }
      .table, .table.wide { overflow: visible; border: 0; }
      .table.wide caption span::after { content: none; }
      caption span { max-width: none; }
      table { font-size: 8pt; }
      th, td { padding: 0.2rem 0.4rem; }
      thead th { white-space: normal; }
      tr > :first-child { position: static; }
      pre { white-space: pre-wrap; }
    }
    """
}
