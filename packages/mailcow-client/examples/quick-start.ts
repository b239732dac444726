import { isMailcowError, MailcowClient, MIB } from '@iteg/mailcow-client'

const { MAILCOW_URL: url = 'https://mail.example.at', MAILCOW_API_KEY: apiKey = '' } = process.env
await using client = new MailcowClient({ url, apiKey })
const anna = { domain: 'example.at', localPart: 'anna', name: 'Anna', password: 'Secret-pass-1' }
try {
  const rest = { quotaBytes: 500 * MIB, active: true, forcePasswordUpdate: true }
  await client.mailboxes.add({ ...anna, ...rest }, { readBack: true })
} catch (error) {
  if (!isMailcowError(error) || error.code !== 'exists') throw error
}
