/** Something wrong with what was asked: where (a JSON pointer into the body), what, and what would be right. */
export interface Fault {
  pointer: string
  detail: string
}
