/** What a reader of one field gives: its value, or what is wrong with it (and what was probably meant). */
export type Parsed<Value> =
  | { readonly value: Value }
  | { readonly problem: string; readonly suggestion?: string }
