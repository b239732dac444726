// Who never logged in, over IMAP, POP3, SMTP or single sign-on: one address a line.
// MAILCOW_URL=... MAILCOW_API_KEY=... node examples/never-logged-in.ts [example.at]
import { MailcowClient } from '@iteg/mailcow-client'

const { MAILCOW_URL: url = '', MAILCOW_API_KEY: apiKey = '' } = process.env
const [domain] = process.argv.slice(2)
await using client = new MailcowClient({ url, apiKey, allow: ['get/mailbox'] })
for (const { address, active, lastLogin } of await client.mailboxes.listReduced(domain)) {
  const isUsed = Object.values(lastLogin).some((login) => login !== null)
  if (active && !isUsed) process.stdout.write(`${address}\n`)
}
