// Mailboxes that use more than 90 % of their quota, as CSV.
// MAILCOW_URL=https://mail.example.at MAILCOW_API_KEY=... node examples/nearly-full.ts
import { MailcowClient } from '@iteg/mailcow-client'

const { MAILCOW_URL: url = '', MAILCOW_API_KEY: apiKey = '' } = process.env
await using client = new MailcowClient({ url, apiKey, allow: ['get/mailbox'] })

process.stdout.write('address,used,quota,percent\n')
for (const { address, usedBytes, quotaBytes } of await client.mailboxes.listReduced()) {
  if (quotaBytes === null || usedBytes === null || usedBytes <= quotaBytes * 0.9) continue
  const percent = Math.round((usedBytes / quotaBytes) * 100)
  process.stdout.write(`"${address.replaceAll('"', '""')}",${usedBytes},${quotaBytes},${percent}\n`)
}
