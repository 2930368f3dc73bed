import { PROBLEMS, type ProblemCode } from './problem.js'

/** Who may do something: by the state of the thing, then by what one is to it. Whoever may not is told a code. */
export type Verdicts<State extends string = string, Standing extends string = string> = Readonly<
  Record<State, Readonly<Record<Standing, 'may' | ProblemCode>>>
>

/**
 * Verdicts as a Markdown table, for the description of the route that answers by them: a row for each state, a column for each standing.
 * @param states and `standings` say each in words; their order is the table's
 */
export function verdictTable<State extends string, Standing extends string>(
  verdicts: Verdicts<State, Standing>,
  states: Readonly<Record<State, string>>,
  standings: Readonly<Record<Standing, string>>,
): string {
  const columns = Object.keys(standings) as Standing[]
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['', ...columns.map((standing) => standings[standing])]),
    line(['---', ...columns.map(() => '---')]),
    ...(Object.keys(states) as State[]).map((state) =>
      line([states[state], ...columns.map((standing) => cell(verdicts[state][standing]))]),
    ),
  ].join('\n')
}

/** Every code that these verdicts refuse with, each once. */
export function refusalsIn(...tables: readonly Verdicts[]): ProblemCode[] {
  const verdicts = tables.flatMap((table) => Object.values(table).flatMap((row) => Object.values(row)))
  return [...new Set(verdicts)].filter((verdict) => verdict !== 'may').sort()
}

const cell = (verdict: 'may' | ProblemCode): string =>
  verdict === 'may' ? '**yes**' : `${PROBLEMS[verdict][0]} \`${verdict}\``
