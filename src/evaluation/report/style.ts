/** One style for screen and paper, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #16202a; --dim: #5b6875; --line: #d5dce3; --page: #fff; --band: #f3f6f9;
  --good: #0b6e4f; --fair: #9a6700; --bad: #b42318; --mark: #1f5fbf; --other: #c2410c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --dim: #9aa7b4; --line: #35414d; --page: #12181f;
  --band: #1b232c; --good: #5fd3a6; --fair: #e3b341; --bad: #ff8a7a; --mark: #79b0ff; --other: #ffa366; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto;
  max-width: 70rem; padding: 0 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.3rem; margin: 2.75rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .4rem; } p, li { max-width: 46rem; } .dim, small { color: var(--dim); }
nav a { margin-right: 1rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
caption { text-align: left; color: var(--dim); padding-bottom: .3rem; }
th, td { padding: .28rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: middle; }
th[scope=row], th[scope=col]:first-child, td.text { text-align: left; font-weight: 400; } thead th { font-weight: 600; }
tr.part th { background: var(--band); font-weight: 600; text-align: left; }
td { white-space: nowrap; } td.bar { padding-block: 0; } td.bar svg { margin: auto; } .good { color: var(--good); } .fair { color: var(--fair); }
.bad { color: var(--bad); font-weight: 600; }
table.confusion td { min-width: 2.6rem; text-align: center; }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; } figure { margin: .5rem 0; }
figcaption { max-width: 25rem; color: var(--dim); font-size: .9em; }
svg { display: block; overflow: visible; } svg text { fill: var(--dim); font: 11px system-ui, sans-serif; }
.axis { stroke: var(--line); fill: none; } .mark { stroke: var(--mark); fill: none; stroke-width: 1.8; }
.mark-dot { fill: var(--mark); } .mark-fill { fill: var(--mark); opacity: .75; }
.other { stroke: var(--other); fill: none; stroke-width: 1.8; stroke-dasharray: 5 3; } .other-dot { fill: none; stroke: var(--other); stroke-width: 1.6; }
.other-fill { fill: var(--other); opacity: .55; } .ideal { stroke: var(--dim); stroke-dasharray: 2 3; fill: none; }
svg .key-mark { fill: var(--mark); } svg .key-other { fill: var(--other); }
@media print { body { margin: 0; } h3 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;
