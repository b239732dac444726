/** What a test bed refuses or fails at; `code` says which part. The message is one sentence for people. */
export class TestbedError extends Error {
  override readonly name = 'TestbedError'
  readonly code:
    | 'sshd'
    | 'usage'
    | 'sandbox'
    | 'certificates'
    | 'ports'
    | 'dovecot'
    | 'carddav'
    | 'cyrus'
    | 'mariadb'
    | 'dns'
    | 'postfix'
    | 'postgresql'
    | 'sogo'
    | 'browser'
    | 'sink'
    | 'proxy'
    | 'timeout'

  constructor(code: TestbedError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
