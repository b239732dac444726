// Puts a sender on the allow list of every domain, e.g. a partner whose mail was taken for spam.
// MAILCOW_URL=... MAILCOW_API_KEY=... node examples/allow-sender.ts "*@partner.example"
import { ensurePolicyEntry, isMailcowError, MailcowClient } from '@iteg/mailcow-client'

const { MAILCOW_URL: url = '', MAILCOW_API_KEY: apiKey = '' } = process.env
const [sender = ''] = process.argv.slice(2)
await using client = new MailcowClient({ url, apiKey })
for (const { domain: owner } of await client.domains.list()) {
  try {
    const { outcome } = await ensurePolicyEntry(client, { owner, list: 'allow', sender })
    process.stdout.write(`${owner}: ${outcome}\n`)
  } catch (error) {
    // On the deny list of this domain: somebody wanted that.
    if (!isMailcowError(error) || error.code !== 'exists') throw error
    process.stdout.write(`${owner}: denied there, left alone\n`)
  }
}
