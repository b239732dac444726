/** JSON Schema (draft 2020-12) of `mailmove.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return {}
}
