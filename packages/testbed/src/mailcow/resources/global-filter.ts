import type { Resource, WriteRoute } from '../calls.ts'
import { text } from '../php-values.ts'
import { checkScript } from '../sieve/check-script.ts'
import { staticText } from '../static-files.ts'
import { parseJson } from '../php-json.ts'
import { RawBody } from '../calls.ts'

const addGlobalFilter: WriteRoute = {
  log: ['mailbox', 'add', 'global_filter'],
  logTail: true,
  run: (call) => {
    const script = text(call.data['script_data']).replaceAll(/\r\n?/g, '\n')
    const type = text(call.data['filter_type'])
    const problem = checkScript(script)
    if (problem !== undefined) return call.danger(['sieve_error', problem])
    if (type === 'prefilter') call.state.settings.globalPrefilter = script
    else if (type === 'postfilter') call.state.settings.globalPostfilter = script
    else return call.danger('invalid_filter_type')
    call.success('dovecot_restart_success')
    call.success('global_filter_written')
  },
}

export const globalFilters: Resource = {
  get: {
    global_filters: () => new RawBody(''),
    'global_filters/all': ({ state }) => ({
      prefilter: state.settings.globalPrefilter,
      postfilter: state.settings.globalPostfilter,
    }),
    'global_filters/prefilter': ({ state }) => state.settings.globalPrefilter,
    'global_filters/postfilter': ({ state }) => state.settings.globalPostfilter,
    presets: () => new RawBody(''),
    'presets/sieve': () => parseJson(staticText('sieve-presets.json')) ?? null,
  },
  add: { 'global-filter': addGlobalFilter },
}
