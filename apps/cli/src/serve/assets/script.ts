/** Runs in the browser: brings the page up to date when the server says that something changed, and filters the list. */
export const script = `'use strict'
const state = document.getElementById('live')
const filter = document.getElementById('filter')

function applyFilter() {
  if (filter === null) return
  const wanted = filter.value.trim().toLowerCase()
  let shown = 0
  for (const item of document.querySelectorAll('[data-domain]')) {
    item.hidden = !item.dataset.domain.includes(wanted)
    if (!item.hidden) shown += 1
  }
  for (const group of document.querySelectorAll('[data-group]'))
    group.hidden = group.querySelector('[data-domain]:not([hidden])') === null
  document.getElementById('filter-count').textContent = wanted === '' ? '' : shown + ' shown'
}
if (filter !== null) {
  filter.closest('form').hidden = false
  filter.addEventListener('input', applyFilter)
  filter.closest('form').addEventListener('submit', (event) => event.preventDefault())
}

// What a reader opened stays open, and who stands on a link keeps standing on it.
function replace(old, fresh) {
  const open = Array.from(old.querySelectorAll('details[open]'), (one) => one.id)
  const scrolled = Array.from(old.querySelectorAll('.scroll'), (one) => one.scrollLeft)
  const active = document.activeElement
  const index = old.contains(active) ? Array.from(old.querySelectorAll('a,summary,[tabindex]')).indexOf(active) : -1
  const wasOpen = Array.from(old.querySelectorAll('details'), (one) => one.id)
  old.replaceChildren(...fresh.childNodes)
  for (const one of old.querySelectorAll('details')) if (wasOpen.includes(one.id)) one.open = open.includes(one.id)
  old.querySelectorAll('.scroll').forEach((one, at) => { one.scrollLeft = scrolled[at] ?? 0 })
  if (index >= 0) old.querySelectorAll('a,summary,[tabindex]')[index]?.focus({ preventScroll: true })
}

let busy = false
let again = false
async function refresh() {
  if (busy) { again = true; return }
  busy = true
  try {
    const response = await fetch(location.pathname, { headers: { accept: 'text/html' } })
    if (!response.ok) throw new Error(String(response.status))
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
    for (const old of document.querySelectorAll('[data-live]')) {
      const found = fresh.getElementById(old.id)
      if (found !== null && found.innerHTML !== old.dataset.last) {
        const html = found.innerHTML
        if (html !== old.innerHTML) replace(old, found)
        old.dataset.last = html
      }
    }
    applyFilter()
    say('live')
  } catch {
    say('not up to date')
  }
  setTimeout(() => {
    busy = false
    if (again) { again = false; void refresh() }
  }, 1500)
}

function say(text) {
  if (state === null) return
  state.textContent = text
  state.dataset.state = text === 'live' ? 'on' : 'off'
}

if (state !== null) {
  const events = new EventSource('/events')
  events.addEventListener('changed', () => void refresh())
  events.addEventListener('hello', () => void refresh())
  events.addEventListener('error', () => say('not up to date'))
  window.addEventListener('pagehide', () => events.close())
}
`
