namespace OnnxAudit.Reports;

/// <summary>The report's style sheet: system fonts, light and dark, colours that survive colour blindness (Okabe and Ito 2008), print.</summary>
internal static class ReportStyle
{
    /// <summary>The whole sheet.</summary>
    public const string Css =
        """
        :root { color-scheme: light dark; --ground: #fff; --raised: #f6f7f9; --ink: #1a1f27; --soft: #596273; --line: #d9dde4; --strong: #0b62a8;
          --correct: #0072b2; --wrong: #c8500a; --better: 0 114 178; --worse: 213 94 0; --s0: #0072b2; --s1: #c8500a; --s2: #00795a; --s3: #9a4f86; --s4: #8a6d00; --s5: #4a4f57; }
        @media (prefers-color-scheme: dark) { :root { --ground: #14171c; --raised: #1d2128; --ink: #e6e9ee; --soft: #a2abb9; --line: #343a45; --strong: #7cc0f5;
          --correct: #56b4e9; --wrong: #f08a4b; --better: 86 180 233; --worse: 240 138 75; --s0: #56b4e9; --s1: #f08a4b; --s2: #35c49a; --s3: #dd95c6; --s4: #e3c64a; --s5: #c3c9d3; } }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 4.5rem; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        header { position: sticky; top: 0; z-index: 5; background: var(--ground); border-bottom: 1px solid var(--line); }
        header > div { max-width: 1240px; margin: 0 auto; padding: .6rem 1.25rem; display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; align-items: baseline; }
        header strong { font-size: 1.05rem; white-space: nowrap; }
        nav { display: flex; flex-wrap: wrap; gap: 0 1rem; font-size: .92rem; }
        a { color: var(--strong); text-decoration: none; } a:hover, a:focus-visible { text-decoration: underline; }
        main { max-width: 1240px; margin: 0 auto; padding: 1.25rem 1.25rem 4rem; }
        h1 { font-size: 1.65rem; line-height: 1.25; margin: .4rem 0 .2rem; } h2 { font-size: 1.25rem; margin: 2.6rem 0 .6rem; padding-top: .9rem; border-top: 1px solid var(--line); }
        h3 { font-size: 1.02rem; margin: 1.6rem 0 .5rem; } h4 { font-size: .95rem; margin: 1.1rem 0 .2rem; }
        small { color: var(--soft); font-weight: 400; font-size: .86em; } p { margin: .4rem 0; max-width: 72ch; } .lead, .none { color: var(--soft); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: .9rem; margin: 1.2rem 0 .4rem; }
        .cards > div { background: var(--raised); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
        .cards b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; } .cards span { color: var(--soft); font-size: .9rem; }
        .scroll { overflow: auto; max-height: 78vh; border: 1px solid var(--line); border-radius: 8px; }
        table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
        th, td { padding: .38rem .6rem; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); unicode-bidi: isolate; } tbody tr:last-child > * { border-bottom: 0; }
        thead th { position: sticky; top: 0; z-index: 2; background: var(--raised); font-weight: 600; color: var(--soft); white-space: nowrap; vertical-align: bottom; }
        tbody th { font-weight: 500; position: sticky; left: 0; background: var(--ground); min-width: 9rem; max-width: 20rem; overflow-wrap: anywhere; } thead th:first-child { left: 0; z-index: 3; }
        .n { text-align: right; white-space: nowrap; } .heat td, .heat th.narrow { padding-left: .45rem; padding-right: .5rem; } th.narrow { white-space: normal; min-width: 4.4rem; max-width: 9rem; overflow-wrap: break-word; font-size: .82rem; line-height: 1.3; } .strong { font-weight: 600; }
        tbody tr:hover > * { background-color: var(--raised); }
        .heat td.better { background-color: rgb(var(--better) / calc(var(--s) * .55)); } .heat td.worse { background-color: rgb(var(--worse) / calc(var(--s) * .55)); }
        .interval { display: inline-flex; align-items: center; gap: .55rem; white-space: nowrap; color: var(--soft); } .interval svg { width: 96px; height: 12px; flex: none; overflow: visible; }
        .track { stroke: var(--line); stroke-width: 2; } .range { stroke: var(--strong); stroke-width: 4; } .dot { fill: var(--ink); stroke: var(--ground); stroke-width: 1; }
        .evaluation td { vertical-align: bottom; } .evaluation thead th { white-space: normal; } .bars { display: inline-block; vertical-align: middle; margin-right: .5rem; overflow: visible; } .bar { fill: var(--s0); } .bar:hover { fill: var(--s1); }
        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: .55rem 1.5rem; margin: .6rem 0; } dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; }
        .digest, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .8rem; } .digest { min-width: 18rem; overflow-wrap: anywhere; }
        pre { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow: auto; max-height: 60vh; white-space: pre-wrap; }
        details { margin: .8rem 0; } summary { cursor: pointer; font-weight: 600; padding: .2rem 0; }
        svg text { font: 12px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--soft); } svg .label { fill: var(--ink); }
        .axis { stroke: var(--soft); stroke-width: 1; fill: none; } .grid { stroke: var(--line); stroke-width: 1; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem 2rem; }
        figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .3rem; } .chart > svg { width: 100%; height: auto; max-width: 640px; display: block; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: .3rem 0 0; font-size: .9rem; } .legend svg { width: 28px; height: 12px; margin-right: .4rem; vertical-align: baseline; }
        .line { fill: none; stroke: var(--c); stroke-width: 2; } .whisker { stroke: var(--c); stroke-width: 1.5; opacity: .6; } .mark { fill: var(--c); } .open { fill: var(--ground); stroke: var(--c); stroke-width: 2; }
        .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
        .s1 .line { stroke-dasharray: 7 3; } .s2 .line { stroke-dasharray: 2 3; } .s3 .line { stroke-dasharray: 9 3 2 3; } .s4 .line { stroke-dasharray: 4 2; } .s5 .line { stroke-dasharray: 12 4; }
        .chart.profile > svg { max-width: 1100px; } .profile .line { stroke-width: 1.3; } .profile .line.s0 { stroke: var(--s0); } .profile .line.s1 { stroke: var(--s1); stroke-dasharray: 4 2; } .band { fill: var(--raised); } .band.clear { fill: transparent; }
        .histograms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); gap: .4rem 1rem; } .histogram { width: 100%; height: auto; max-width: 340px; display: block; }
        path.correct { fill: var(--correct); fill-opacity: .3; stroke: var(--correct); stroke-width: 1.2; } path.wrong { fill: none; stroke: var(--wrong); stroke-width: 1.6; stroke-dasharray: 4 2; }
        .key { display: inline-block; width: 14px; height: 10px; margin: 0 .35rem 0 .8rem; border: 1.5px solid var(--correct); background: color-mix(in srgb, var(--correct) 30%, transparent); } .key.wrong { border: 1.5px dashed var(--wrong); background: none; }
        .tree { fill: none; stroke: var(--c); stroke-width: 1.2; opacity: .55; } .strong-tree { stroke-width: 1.8; opacity: .9; } .other { fill: var(--soft); opacity: .28; } .map > svg { max-width: 860px; background: var(--raised); border-radius: 8px; }
        .trees .chart > svg { background: var(--raised); border-radius: 8px; }
        .changes { width: 150px; height: 34px; display: block; } .zeros { width: 96px; height: 12px; display: block; } .track-area { fill: var(--line); opacity: .6; } .both { fill: var(--s5); } .before { fill: var(--s1); } .after { fill: var(--s0); }
        .cut { stroke: var(--ground); stroke-width: 2.5; } .swatch { display: inline-block; width: 12px; height: 10px; margin: 0 .25rem 0 .7rem; } .k0 { fill: #c9ced6; background: #c9ced6; } .k1 { fill: #f2c14e; background: #f2c14e; } .k2 { fill: #ee9b3d; background: #ee9b3d; } .k3 { fill: #dd6b3a; background: #dd6b3a; } .k4 { fill: #b23a48; background: #b23a48; } .k5 { fill: #6a1b4d; background: #6a1b4d; }
        .say { min-width: 16rem; } .verdict { font-weight: 600; white-space: nowrap; } .pass { color: var(--correct); } .fail { color: var(--wrong); } .open-verdict { color: var(--soft); }
        footer { color: var(--soft); font-size: .88rem; margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .8rem; }
        @media (max-width: 640px) { header { position: static; } main, header > div { padding-left: .9rem; padding-right: .9rem; } h1 { font-size: 1.35rem; } tbody th { min-width: 7rem; max-width: 9.5rem; } }
        @media print { header { position: static; } .scroll { max-height: none; overflow: visible; border: 0; } thead th, tbody th { position: static; } body { font-size: 11px; }
          figure, .geometry, tr, .cards > div { break-inside: avoid; } details::details-content { content-visibility: visible; display: block; } }
        """;
}
