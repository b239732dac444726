/** Of all pages: one column on a phone, light or dark as the reader's system is. No style is written into elements. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --ink: #17202a; --quiet: #4d5a68; --line: #d5dbe2; --link: #0b57a4;
  --accent: #1668b8; --track: #dfe5ec; --good: #1b6e3c; --warn: #8a5300; --bad: #b3261e; --bad-ground: #fdecea; --good-ground: #e6f4ea; --warn-ground: #fdf1dc; --accent-ground: #e5f0fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161b; --card: #1b2129; --ink: #e8edf2; --quiet: #a9b5c1; --line: #36404b; --link: #8cc0f5;
    --accent: #5aa9f0; --track: #313b46; --good: #7fd49c; --warn: #f0bd6a; --bad: #ff9c93; --bad-ground: #43211f; --good-ground: #1c3626; --warn-ground: #3b2e16; --accent-ground: #1a3247;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, Roboto, Arial, sans-serif; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, input:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; background: var(--card); padding: .5rem; z-index: 1; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: .75rem 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; border-bottom: 1px solid var(--line); }
header p, footer p { margin: 0; color: var(--quiet); }
header a { font-weight: 600; text-decoration: none; }
footer { color: var(--quiet); font-size: .875rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .75rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
#live { font-size: .875rem; padding: 0 .6rem; border-radius: 1rem; background: var(--track); color: var(--ink); }
#live[data-state=on] { background: var(--good-ground); color: var(--good); }
#live[data-state=off] { background: var(--warn-ground); color: var(--warn); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 0; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.tiles strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--quiet); font-size: .875rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.columns { display: grid; grid-template-columns: 1fr; gap: .75rem; }
.columns > * { min-width: 0; margin: 0; }
ol.domains, ul.plain { list-style: none; margin: 0; padding: 0; }
ol.domains > li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; margin: .4rem 0; display: grid; gap: .25rem .9rem; }
.domain-name { font-weight: 600; overflow-wrap: anywhere; }
.muted { color: var(--quiet); } .small { font-size: .875rem; }
.numbers { font-variant-numeric: tabular-nums; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .875rem; border: 1px solid transparent; background: var(--track); }
.badge.bad { background: var(--bad-ground); color: var(--bad); } .badge.good { background: var(--good-ground); color: var(--good); }
.badge.warn { background: var(--warn-ground); color: var(--warn); } .badge.busy { background: var(--accent-ground); color: var(--link); }
code { font: .875em/1.5 ui-monospace, Consolas, monospace; background: var(--track); border-radius: .25rem; padding: .1rem .35rem; overflow-wrap: anywhere; }
form.filter { margin: 1rem 0 0; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
input[type=search] { font: inherit; padding: .35rem .6rem; border: 1px solid var(--quiet); border-radius: .35rem; background: var(--card); color: var(--ink); min-width: 0; width: 18rem; max-width: 100%; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--quiet); white-space: nowrap; }
tbody th { color: inherit; font-weight: 500; white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
time, table code { white-space: nowrap; } td.text time { white-space: normal; }
td.text { min-width: 12rem; overflow-wrap: anywhere; }
details > summary { cursor: pointer; padding: .15rem 0; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
svg { display: block; width: 100%; height: auto; max-width: 27rem; overflow: visible; }
svg text { fill: var(--ink); font: 12px system-ui, Roboto, Arial, sans-serif; } svg text.quiet { fill: var(--quiet); }
.track { fill: var(--track); } .bar { fill: var(--accent); } .bar.over { fill: var(--bad); } .bar.tight { fill: var(--warn); }
.line { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; vector-effect: non-scaling-stroke; } .area { fill: var(--accent); opacity: .15; } .grid { stroke: var(--line); stroke-width: 1; }
.goal { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 5 4; }
progress { appearance: none; width: 100%; height: .6rem; border: 0; border-radius: .3rem; background: var(--track); overflow: hidden; display: block; }
progress::-webkit-progress-bar { background: var(--track); } progress::-webkit-progress-value { background: var(--accent); border-radius: .3rem; } progress::-moz-progress-bar { background: var(--accent); }
ul.actions { margin: .25rem 0; padding-left: 1.2rem; } ul.actions li { margin: .4rem 0; overflow-wrap: anywhere; }
@media (min-width: 60rem) {
  ol.domains > li { grid-template-columns: minmax(11rem, 2fr) minmax(11rem, 2fr) minmax(9rem, 1.5fr) minmax(14rem, 3fr); align-items: center; }
  .columns { grid-template-columns: 1fr 1fr; align-items: start; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`
