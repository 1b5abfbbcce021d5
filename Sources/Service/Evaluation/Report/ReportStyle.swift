/// How the report looks: on a phone and a wide screen, light and dark, and on paper.
enum ReportStyle {
  /// Series colours can be told apart by colour-blind people (after Okabe and Ito; lighter ones on a dark page); dashes tell them apart
  /// without any.
  static let css = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #16191d; --soft: #59616b; --line: #d5dae0; --card: #f4f6f8; --accent: #0b5cad;
      --good: #00734f; --bad: #b3400a; --heat: 11, 92, 173; --warm: 194, 78, 0;
      --s0: #0072b2; --s1: #c24e00; --s2: #00805d; --s3: #a8477f; --s4: #7d6600; --s5: #3a86c8; --s6: #16191d; --s7: #6b4fa0;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171a; --ink: #e8ebee; --soft: #a3adb8; --line: #39414a; --card: #1e2328; --accent: #7db8f2;
        --good: #4fd1a5; --bad: #ff9a66; --heat: 70, 140, 210; --warm: 230, 120, 50;
        --s0: #56b4e9; --s1: #ff9a4d; --s2: #2cd3a0; --s3: #eb9cc9; --s4: #e6cf4a; --s5: #9cc9f5; --s6: #e8ebee; --s7: #b9a3ec;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--page); color: var(--ink);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%;
    }
    h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0 0.25rem; }
    h2 { font-size: 1.2rem; margin: 2.25rem 0 0.5rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem; }
    p { margin: 0.5rem 0; max-width: 48rem; }
    .soft { color: var(--soft); }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.6rem; margin: 1rem 0; padding: 0; }
    .tiles div { background: var(--card); border-radius: 0.5rem; padding: 0.6rem 0.8rem; }
    .tiles dt { color: var(--soft); font-size: 0.85rem; }
    .tiles dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
    .tiles dd small { font-size: 0.8rem; font-weight: 400; color: var(--soft); }
    .scroll { overflow-x: auto; margin: 0.25rem 0 0.75rem; }
    .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    .caption { color: var(--soft); font-size: 0.85rem; margin: 0.75rem 0 0; }
    th, td { padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
    thead th { font-weight: 600; color: var(--soft); }
    tbody th { font-weight: 600; position: sticky; left: 0; background: var(--page); }
    .n { text-align: right; }
    .heat td { text-align: center; min-width: 2.4rem; padding: 0.3rem; border: 1px solid var(--page); }
    .heat thead th { writing-mode: vertical-rl; transform: rotate(180deg); padding: 0.5rem 0.2rem; border: 0; }
    .heat .zero { color: var(--soft); }
    .heat .right { font-weight: 600; }
    .bar { display: inline-block; width: 4.5rem; height: 0.6rem; background: var(--card); border-radius: 0.3rem; vertical-align: middle; margin-left: 0.5rem; }
    .bar i { display: block; height: 100%; background: var(--accent); border-radius: 0.3rem; }
    .charts h2 { margin-top: 1.25rem; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; align-items: start; }
    figure { margin: 0.5rem 0; max-width: 36rem; }
    figcaption { font-size: 0.9rem; color: var(--soft); }
    svg { width: 100%; height: auto; display: block; }
    svg text { fill: var(--soft); font-size: 14px; }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg .axis { stroke: var(--soft); stroke-width: 1; }
    svg .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
    svg .exact { fill: var(--good); } svg .off { fill: var(--accent); }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.4rem 0; padding: 0; font-size: 0.9rem; }
    .legend svg { width: 2.2rem; height: 0.8rem; display: inline-block; vertical-align: middle; margin-right: 0.35rem; }
    .s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); }
    .s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); } .s6 { stroke: var(--s6); } .s7 { stroke: var(--s7); }
    details { margin: 0.75rem 0; } summary { cursor: pointer; color: var(--accent); padding: 0.4rem 0; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85rem; }
    @media (max-width: 40rem) {
      tbody th { white-space: normal; min-width: 6.5rem; }
      th, td { padding: 0.3rem 0.4rem; }
    }
    @media print { body { max-width: none; } .scroll { overflow: visible; } }
    """
}
