import type { SampleMessage } from '@iteg/testbed'

/** A message of about `bytes` bytes, unlike every other one with another subject. */
export function message(subject: string, bytes = 300): SampleMessage {
  const head = `From: a@outside.example\r\nTo: b@inside.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@outside.example>\r\n\r\n`
  const line = `${subject} ${'x'.repeat(60)}\r\n`
  const raw = Buffer.from(head + line.repeat(Math.max(1, Math.ceil((bytes - head.length) / line.length))))
  return { raw, receivedAt: new Date('2020-02-03T04:05:06Z'), flags: ['\\Seen'] }
}

export function messages(prefix: string, count: number, bytes?: number): readonly SampleMessage[] {
  return Array.from({ length: count }, (_, index) => message(`${prefix} ${index}`, bytes))
}
