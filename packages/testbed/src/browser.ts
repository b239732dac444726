import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureBrowserPackages } from '../../../tools/setup/debian.mjs'
import { startInBackground } from './background.ts'
import { startSandbox } from './sandbox/sandbox.ts'

/** A headless Chromium that answers the DevTools protocol, as playwright-core's `connectOverCDP` speaks it. */
export interface Browser extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Ends it and removes its profile. */
  stop(): Promise<void>
}

/** A family that pages ask for, as the one of ours with the same widths. */
function same(family: string, ours: string): string {
  return `<alias binding="same"><family>${family}</family><prefer><family>${ours}</family></prefer></alias>`
}

/** Starts Debian's Chromium in namespaces of its own, as the servers are; nothing has to be installed. */
export async function startBrowser(): Promise<Browser> {
  const { usr } = await ensureBrowserPackages()
  const home = await mkdtemp(path.join(tmpdir(), 'mailmove-browser-'))
  const sandbox = await startSandbox({ dir: path.join(home, 'bed'), usr })
  const stop = async (): Promise<void> => {
    await sandbox.stop()
    await rm(home, { recursive: true, force: true })
  }
  try {
    const dir = path.join(sandbox.dir, 'browser')
    await mkdir(dir)
    // Its own list of fonts: /etc/fonts need not be there.
    const fonts = path.join(dir, 'fonts.conf')
    await writeFile(
      fonts,
      `<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts</dir><cachedir>${dir}/fonts</cachedir>
${['Arial', 'Helvetica', 'sans-serif'].map((name) => same(name, 'Liberation Sans')).join('')}
${['Consolas', 'Menlo', 'monospace'].map((name) => same(name, 'Liberation Mono')).join('')}</fontconfig>`,
    )
    const { port } = await startInBackground({
      sandbox,
      dir,
      code: 'browser',
      command: (free) => [
        'env',
        `FONTCONFIG_FILE=${fonts}`,
        `HOME=${dir}`,
        '/usr/lib/chromium/chromium-headless-shell',
        // its own sandbox needs namespaces inside of ours; it shows pages of the tests only
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--hide-scrollbars',
        `--user-data-dir=${dir}/profile`,
        '--remote-debugging-address=127.0.0.1',
        `--remote-debugging-port=${free}`,
        'about:blank',
      ],
    })
    return { url: `http://127.0.0.1:${port}`, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}
