#!/usr/bin/env -S node --max-semi-space-size=4
// The limit is for V8's nursery, in MB: what a copy makes there is short-lived, and left to itself it grows to 48 MB and
// more, a quarter of all the memory that eight mailboxes at once may take. It can be set at the start only.
// Plain enough for any Node: one that is too old gets a sentence instead of a stack trace.
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 13)) {
  // Before any of the program is read: what was read earlier is not kept.
  const { useCompileCache } = await import('../dist/compile-cache.js')
  useCompileCache()
  await import('../dist/main.js')
} else {
  process.stderr.write(`mailmove needs Node 22.13 or newer; this is ${process.version}.\n`)
  process.exitCode = 2
}
