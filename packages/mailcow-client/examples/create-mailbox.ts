// Makes a mailbox of 5 GiB whose user has to choose a password; running it again changes nothing.
// MAILCOW_URL=... MAILCOW_API_KEY=... INITIAL_PASSWORD=... node examples/create-mailbox.ts anna@example.at "Anna Doe"
import { ensureMailbox, isMailcowError, MailcowClient, MIB } from '@iteg/mailcow-client'

const { MAILCOW_URL: url = '', MAILCOW_API_KEY: apiKey = '', INITIAL_PASSWORD: password = '' } = process.env
const [address = '', name = ''] = process.argv.slice(2)
await using client = new MailcowClient({ url, apiKey })
try {
  const { outcome } = await ensureMailbox(client, {
    address,
    name,
    quotaBytes: 5 * 1024 * MIB,
    atCreation: { password, forcePasswordUpdate: true },
  })
  process.stdout.write(`${address}: ${outcome}\n`)
} catch (error) {
  if (!isMailcowError(error)) throw error
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`)
  process.exitCode = 1
}
