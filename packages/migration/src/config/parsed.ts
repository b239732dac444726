/** What a reader of one value gives: the value, or what is wrong with it and what to write instead. */
export type Parsed<Value> =
  | { readonly value: Value }
  | { readonly problem: string; readonly suggestion?: string }
