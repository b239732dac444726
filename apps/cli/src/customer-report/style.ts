/** On a screen a page of paper; on paper A4. */
export const style = `
@page { size: A4; margin: 18mm 16mm 20mm; }
* { box-sizing: border-box; }
html { color-scheme: light; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem; background: #fff; color: #1a1f26; font: 1rem/1.45 Arial, Helvetica, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; break-after: avoid; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; break-after: avoid; }
p { margin: .4rem 0; }
.date { color: #4a5560; }
.result { border-left: .3rem solid #1b6e3c; background: #eef7f1; padding: .5rem .8rem; margin: .8rem 0; }
.result.open { border-color: #8a5300; background: #fdf4e3; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .6rem; margin: .8rem 0; }
dl.figures div { border: 1px solid #c9d1d9; border-radius: .3rem; padding: .5rem .6rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; break-inside: avoid; }
dl.figures dt { color: #4a5560; font-size: .85rem; } dl.figures dd { margin: 0; font-size: 1.25rem; font-weight: bold; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid #d5dbe2; overflow-wrap: anywhere; }
thead th { color: #4a5560; } tbody th { font-weight: normal; } td.said { min-width: 8.5rem; } td.day { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.hash { font-family: "Liberation Mono", Consolas, monospace; font-size: .8rem; overflow-wrap: anywhere; }
footer { margin-top: 2rem; border-top: 1px solid #c9d1d9; padding-top: .4rem; color: #4a5560; font-size: .85rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .scroll { overflow: visible; } .result, dl.figures div { print-color-adjust: exact; } }
`
