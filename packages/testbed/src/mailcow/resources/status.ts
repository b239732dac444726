import { RawBody, type Resource } from '../calls.ts'
import type { JsonRecord } from '../php-values.ts'

/** The images that version 2026-07a runs, as far as they matter to a reader of `get/status/containers`. */
const IMAGES: Readonly<Record<string, string>> = {
  unbound: 'ghcr.io/mailcow/unbound:stub',
  mysql: 'mariadb:10.11',
  redis: 'redis:7.4.6-alpine',
  clamd: 'ghcr.io/mailcow/clamd:stub',
  rspamd: 'ghcr.io/mailcow/rspamd:stub',
  'php-fpm': 'ghcr.io/mailcow/phpfpm:8.2.29-3',
  sogo: 'ghcr.io/mailcow/sogo:stub',
  dovecot: 'ghcr.io/mailcow/dovecot:2.3.21.1-2',
  postfix: 'ghcr.io/mailcow/postfix:stub',
  'postfix-tlspol': 'ghcr.io/mailcow/postfix-tlspol:stub',
  memcached: 'ghcr.io/mailcow/memcached:stub',
  nginx: 'ghcr.io/mailcow/nginx:stub',
  acme: 'ghcr.io/mailcow/acme:stub',
  netfilter: 'ghcr.io/mailcow/netfilter:stub',
  watchdog: 'ghcr.io/mailcow/watchdog:stub',
  dockerapi: 'ghcr.io/mailcow/dockerapi:stub',
  olefy: 'ghcr.io/mailcow/olefy:stub',
  ofelia: 'ghcr.io/mailcow/ofelia:stub',
}

function containers(startedAt: string): JsonRecord {
  const entries = Object.entries(IMAGES).map(([name, image]) => {
    const container = `${name}-mailcow`
    return [container, { type: 'info', container, state: 'running', started_at: startedAt, image }] as const
  })
  return Object.fromEntries(entries)
}

/** Status answers are printed as they are: an unknown object prints nothing. */
function printed(value: JsonRecord): RawBody {
  return new RawBody(JSON.stringify(value))
}

export const status: Resource = {
  get: {
    status: () => new RawBody(''),
    'status/version': ({ context }) => printed({ version: context.version }),
    'status/containers': ({ context }) => printed(containers(context.now().toISOString())),
    'status/vmail': () =>
      printed({ type: 'info', disk: '/dev/vda', used: '29G', total: '271G', used_percent: '27%' }),
    'status/host': () =>
      printed({
        cpu: { cores: 2, usage: 1 },
        memory: { total: 25000000000, usage: 10, swap: [0, 0, 0, 0, 0, 0] },
        uptime: 1000,
        system_time: '24.11.2026 12:24:35',
        architecture: 'x86_64',
      }),
  },
}
