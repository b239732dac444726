import type { Resource, WriteRoute } from '../calls.ts'
import { intval, isset } from '../php-values.ts'
import type { PasswordPolicy } from '../state.ts'

const SHORTEST = 3
const RULES = ['chars', 'special_chars', 'lowerupper', 'numbers'] as const

const editPolicy: WriteRoute = {
  log: ['password_complexity', 'edit'],
  run: (call) => {
    const policy = call.state.passwordPolicy
    const length = intval(call.data['length'])
    // A shorter one is not said to be wrong, it is ignored.
    if (length >= SHORTEST) policy.length = String(length)
    for (const rule of RULES) if (isset(call.data[rule])) policy[rule] = String(intval(call.data[rule]))
    call.success('password_policy_saved')
  },
}

function html(policy: PasswordPolicy): string {
  const sentences = [
    policy.length === '0' ? undefined : `Minimum password length is ${policy.length}`,
    policy.chars === '0' ? undefined : 'Must contain at least one alphabetic character',
    policy.special_chars === '0' ? undefined : 'Must contain special characters',
    policy.lowerupper === '0' ? undefined : 'Must contain lowercase and uppercase characters',
    policy.numbers === '0' ? undefined : 'Must contain at least one number',
  ].filter((sentence) => sentence !== undefined)
  return `<p class="help-block small">- ${sentences.join('<br>- ')}</p>`
}

export const passwordPolicy: Resource = {
  get: {
    passwordpolicy: ({ state }) => ({ ...state.passwordPolicy }),
    'passwordpolicy/html': ({ state }) => html(state.passwordPolicy),
  },
  edit: { passwordpolicy: editPolicy },
}
